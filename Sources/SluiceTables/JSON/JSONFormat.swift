/// How rows stand in JSON: each is an object whose keys are the columns' names.
package struct JSONFormat: Sendable, Hashable {
    package enum Shape: Sendable, Hashable {
        /// An object a line (JSON Lines, ADF's `setOfObjects`).
        case lines
        /// One array of objects (ADF's `arrayOfObjects`).
        case array
    }

    /// What is written; a reader sees it by itself.
    package var shape = Shape.lines

    /// How bytes stand in text.
    package var binary = BinaryText.base64

    package init(_ shape: Shape = .lines) { self.shape = shape }
}
