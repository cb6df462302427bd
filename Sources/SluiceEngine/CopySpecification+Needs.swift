internal import SluiceCore

/// What follows from the options together.
extension CopySpecification {
    /// Whether files get the times that they have in the source.
    var keepsTimes: Bool {
        guard preserved.contains(.times), layout != .merge, case .file = source, case .file = sink else { return false }
        return true
    }

    /// Whether bytes may go by without being seen here. A bandwidth is this machine's, and so are the bytes it is set for.
    var mayCopyByService: Bool {
        copiesByService && codec == nil && !decompresses && layout != .merge && bandwidth == nil
    }

    /// Whether what stands in the sink decides what is copied.
    var skipsUnchanged: Bool { overwrite == .ifNewer || overwrite == .ifDifferent }

    /// Whether the sink is looked at beside the source.
    var comparesWithSink: Bool { skipsUnchanged || isComparison }

    /// Whether the sink's list can be merged with the source's: both are in the order of names, and names are the same.
    var mergesListings: Bool {
        switch sink {
        case .s3, .azure: comparesWithSink && layout == .preserve && codec == nil && !decompresses && filesFrom == nil
        case .file, .standardStream, .http, .odbc: false
        }
    }
}
