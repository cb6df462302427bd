internal import SluiceCore

extension Location {
    /// Whether the location is a whole bucket or container.
    var isContainer: Bool {
        switch self {
        case .s3, .azure: true
        case .file, .standardStream, .http, .odbc: false
        }
    }
}
