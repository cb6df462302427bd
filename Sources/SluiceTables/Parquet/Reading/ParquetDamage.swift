internal import SluiceCore

/// Why a part of a Parquet file can't be read: a clause, to which whoever reads the part adds its place.
enum ParquetDamage: Error, Equatable {
    /// It is not as the format has it.
    case malformed(String)
    /// It may be right, and is not in this version.
    case unsupported(String, advice: String)
    /// There is more than what was looked at.
    case truncated

    /// - Parameter place: `row group 2, column "price", page 3`.
    func error(in place: String) -> TableError {
        switch self {
        case .malformed(let reason): ParquetDamage.error(in: place, reason)
        case .truncated: ParquetDamage.error(in: place, "it ends too early")
        case .unsupported(let reason, let advice):
            TableError(.usage, "the Parquet file can't be read", cause: "\(place) \(reason)", advice: advice)
        }
    }

    private static func error(in place: String, _ reason: String) -> TableError {
        TableError(
            .integrity,
            "the Parquet file can't be read",
            cause: "in \(place), \(reason)",
            advice: "Check that the file is whole, and make it again if another program can't read it either"
        )
    }
}
