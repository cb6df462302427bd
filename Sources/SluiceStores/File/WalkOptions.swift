/// How a directory tree is walked.
package struct WalkOptions: Sendable {
    /// What a symbolic link is taken for.
    package enum Links: String, Sendable, CaseIterable {
        /// What it leads to.
        case follow
        /// Nothing: links are passed over.
        case skip
        /// Itself: what it leads to is not looked at.
        case copy
    }

    /// Whether directories below the first one are walked.
    package var recursive = true
    package var links = Links.follow
    /// A directory that is written to while the tree is walked: neither it nor, by a link, anything below it is entered,
    /// because the walk would find what was just written, for ever. Nil for none.
    package var sink: String?
    /// Whether entries come in the order of the bytes of their whole names, as S3 and Azure list.
    package var isOrdered = false
    /// Whether something below the folder, which is named relative to the first one, is wanted.
    package var mayContain: @Sendable (_ folder: String) -> Bool = { _ in true }

    package init() {}
}
