import Testing

@testable import SluiceJobs

@Suite struct FileNamesTests {
    /// What is said of names.
    struct Said: Sendable {
        var folder: String?
        var name: String?
        var wildcardFolder: String?
        var wildcardName: String?
        var prefix: String?
        var isRecursive = true
    }

    /// What is listed, and which names of it are taken.
    struct Made: Sendable, Equatable {
        var folder: String?
        var name: String?
        var patterns: [String] = []
    }

    @Test(
        "folders, wildcards and prefixes become a place and patterns",
        arguments: [
            (Said(), Made()), (Said(folder: "a/b"), Made(folder: "a/b")),
            (Said(folder: "a", name: "x.csv"), Made(folder: "a", name: "x.csv")),
            (Said(folder: "a", name: ""), Made(folder: "a")), (Said(folder: "a", name: "*"), Made(folder: "a")),
            (Said(folder: "a", name: "*.csv"), Made(folder: "a", patterns: ["*.csv"])),
            (Said(folder: "a", wildcardName: "x?.csv"), Made(folder: "a", patterns: ["x?.csv"])),
            (Said(folder: "a", name: "y.csv", wildcardName: "*.csv"), Made(folder: "a", patterns: ["*.csv"])),
            // A folder of a wildcard stands for the dataset's.
            (Said(folder: "a", wildcardFolder: "b/c", wildcardName: "*.csv"), Made(folder: "b/c", patterns: ["*.csv"])),
            (
                Said(folder: "a", wildcardFolder: "b/2026-*", wildcardName: "*.csv"),
                Made(folder: "b", patterns: ["2026-*/**/*.csv"])
            ),
            (
                Said(wildcardFolder: "b/2026-*/", wildcardName: "*.csv", isRecursive: false),
                Made(folder: "b", patterns: ["2026-*/*.csv"])
            ),
            (Said(wildcardFolder: "*/x"), Made(patterns: ["*/x/**/*"])),
            (Said(folder: "a", prefix: "logs/2026-"), Made(folder: "logs", patterns: ["/2026-**"])),
            (Said(folder: "a", prefix: "logs/"), Made(folder: "logs")),
            (Said(prefix: "a*"), Made(patterns: ["/a^***"])),
            (Said(prefix: "a", isRecursive: false), Made(patterns: ["/a*"])),
        ]
    )
    func names(said: Said, made: Made) {
        let names = FileNames(
            folder: said.folder,
            name: said.name,
            wildcardFolder: said.wildcardFolder,
            wildcardName: said.wildcardName,
            prefix: said.prefix,
            isRecursive: said.isRecursive
        )
        #expect(Made(folder: names.folder, name: names.name, patterns: names.patterns) == made)
    }
}
