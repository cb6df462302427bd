internal import ArgumentParser
internal import SluiceEngine

/// `--partitions N|auto`.
struct PartitionsArgument: ExpressibleByArgument {
    let partitions: TableOptions.Partitions

    /// Files get five digits.
    private static let most = 99_999

    init?(argument: String) {
        if argument == "auto" {
            partitions = .automatic
        } else if let count = Int(argument), (1...PartitionsArgument.most).contains(count) {
            partitions = .fixed(count)
        } else {
            return nil
        }
    }
}
