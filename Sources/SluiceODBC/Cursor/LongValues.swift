/// What becomes of values that are longer than what is held.
package enum LongValues: Sendable, Hashable {
    /// Their rows come in pieces.
    case pieces
    /// Up to so many bytes they are held whole, and longer ones are refused.
    case whole(Int)

    /// Bytes of a value that comes whole.
    var mostHeld: Int {
        switch self {
        case .pieces: 1 << 20
        case .whole(let most): most
        }
    }
}
