internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceStores

extension WalkOptions.Links: ExpressibleByArgument {}

/// Which objects of the source are meant.
struct SelectionArguments: ParsableArguments {
    @Option(
        help: .init(
            "Take only what matches; may be given more than once.",
            discussion: """
                * is any characters but /, ? one of them, ** any characters, **/ any folders; ^ escapes. Without a / the \
                pattern is for the last part of the name at any depth, with one for the whole name below the source. A / \
                at its end means everything in such folders.
                """,
            valueName: "glob"
        )
    )
    var include: [String] = []

    @Option(help: .init("Leave what matches, included or not; may be given more than once.", valueName: "glob"))
    var exclude: [String] = []

    @Option(
        help: .init(
            "Take what was last changed at this time or later.",
            discussion: "Times are written 2026-11-21 or 2026-11-21T05:19:51Z.",
            valueName: "time"
        )
    )
    var modifiedAfter: String?

    @Option(help: .init("Take what was last changed before this time.", valueName: "time"))
    var modifiedBefore: String?

    @Option(help: .init("Take what has this size or more.", valueName: "size"))
    var minSize: String?

    @Option(help: .init("Take what has this size or less.", valueName: "size"))
    var maxSize: String?

    @Option(
        help: .init(
            "Take what this file names, a name on each line, and list nothing; - reads standard input.",
            discussion: "A manifest will do: what it says was not copied is taken.",
            valueName: "file"
        ),
        completion: .file()
    )
    var filesFrom: String?

    @Flag(inversion: .prefixedNo, help: "Take what is in folders below the source, too.")
    var recursive = true

    @Option(
        help: .init(
            "What a symbolic link is taken for: follow what it leads to, skip it, or copy it as a link.",
            discussion: """
                copy: between files of this machine. Links keep their targets as they are, wherever they lead; none below the \
                source or the sink is followed, and one that stands at the sink is replaced.
                """,
            valueName: "mode"
        )
    )
    var symlinks = WalkOptions.Links.follow

    /// Whether nothing is left.
    var isEverything: Bool {
        include.isEmpty && exclude.isEmpty && modifiedAfter == nil && modifiedBefore == nil && minSize == nil
            && maxSize == nil && filesFrom == nil && recursive && symlinks == .follow
    }

    /// Puts the options into a specification.
    func apply(to specification: inout CopySpecification) throws {
        specification.selection = try selection
        specification.links = symlinks
        guard let filesFrom else { return }
        guard recursive else {
            throw UsageError("--files-from and --no-recursive exclude each other", advice: "Exclude '*/**' instead")
        }
        if filesFrom.isEmpty { throw UsageError("--files-from names no file") }
        specification.filesFrom = filesFrom
    }

    private var selection: Selection {
        get throws {
            var selection = Selection()
            selection.includes = try include.map { try NamePattern($0) }
            selection.excludes = try exclude.map { try NamePattern($0) }
            selection.modifiedFrom = try modifiedAfter.map { try SelectionArguments.time($0, of: "--modified-after") }
            selection.modifiedBefore = try modifiedBefore.map {
                try SelectionArguments.time($0, of: "--modified-before")
            }
            selection.smallest = try minSize.map { try CopyArguments.size($0, of: "--min-size", atLeast: ByteCount(0)) }
            selection.largest = try maxSize.map { try CopyArguments.size($0, of: "--max-size", atLeast: ByteCount(0)) }
            selection.recursive = recursive
            if let from = selection.modifiedFrom, let before = selection.modifiedBefore, from >= before {
                throw UsageError(
                    "nothing is changed after \(from.rfc3339) and before \(before.rfc3339)",
                    advice: "Swap the times"
                )
            }
            if let smallest = selection.smallest, let largest = selection.largest, smallest > largest {
                throw UsageError("nothing has at least \(smallest) and at most \(largest)", advice: "Swap the sizes")
            }
            return selection
        }
    }

    private static func time(_ text: String, of option: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw UsageError(
                "\(option) \"\(text)\" is not a time",
                advice: "Write it as 2026-11-21 or 2026-11-21T05:19:51Z"
            )
        }
        return time
    }
}
