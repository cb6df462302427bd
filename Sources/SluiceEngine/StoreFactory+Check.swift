internal import SluiceCore
internal import SluiceStores

extension StoreFactory {
    /// Refuses to keep what the sink can't hold.
    func checkPreservation(_ target: StoreTarget) throws {
        let isStore = target.kind == .s3 || target.kind == .azure
        let isFile = if case .file = target.kind { true } else { false }
        for kind in specification.preserved where !isStore && !(isFile && kind != .metadata) {
            throw CopyError(
                .usage,
                "\(specification.sink) can't keep what --preserve \(kind.rawValue) asks for",
                advice: "Leave \(kind.rawValue) out"
            )
        }
    }

    /// Refuses to make links where there are none, or where names change, so that links would lead to what is not there.
    func checkLinks(_ target: StoreTarget) throws {
        guard specification.links == .copy else { return }
        guard case .file = specification.source, case .file = target.kind else {
            throw CopyError(
                .usage,
                "--symlinks copy makes symbolic links of symbolic links, and only files and directories of this machine have them",
                advice: "Give --symlinks follow or --symlinks skip"
            )
        }
        let others = [
            (specification.codec != nil, "--compress"), (specification.decompresses, "--decompress"),
            (specification.layout != .preserve, "--layout \(specification.layout.rawValue)"),
        ]
        guard let other = others.first(where: \.0)?.1 else { return }
        throw CopyError(
            .usage,
            "--symlinks copy and \(other) exclude each other: names change, and links would lead to names that are gone",
            advice: "Leave one of them out, or give --symlinks follow or skip"
        )
    }
}
