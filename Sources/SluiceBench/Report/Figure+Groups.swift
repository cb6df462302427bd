extension Figure.Group {
    /// The heading above the group's figures.
    var title: String {
        switch self {
        case .memory: "Memory"
        case .disk: "Disk"
        case .codec: "Codecs, on the sample"
        case .digest: "Digests, on the sample"
        case .tls: "TLS records"
        case .loopback: "HTTPS over loopback"
        case .source: "Source alone"
        case .sink: "Sink alone"
        case .copy: "Source and sink together"
        case .connections: "Connections"
        case .blockSize: "Sizes of blocks"
        }
    }
}
