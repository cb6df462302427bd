/// Where a value stands in its document, from the root on.
package indirect enum JSONPath: Sendable, Hashable {
    case root
    case member(JSONPath, String)
    case element(JSONPath, Int)
}

extension JSONPath: CustomStringConvertible {
    /// As people write it: `$.properties.activities[0].name`; names that are no words are quoted: `$['a b']`.
    package var description: String {
        var steps: [String] = []
        var place = self
        while true {
            switch place {
            case .root: return "$" + steps.reversed().joined()
            case .member(let parent, let name):
                steps.append(
                    JSONPath.isWord(name) ? "." + name.shown : "['" + name.shown.replacing("'", with: "\\'") + "']"
                )
                place = parent
            case .element(let parent, let index):
                steps.append("[\(index)]")
                place = parent
            }
        }
    }

    private static func isWord(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
