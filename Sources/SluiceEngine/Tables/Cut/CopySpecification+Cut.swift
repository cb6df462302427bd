internal import SluiceCore
internal import SluiceODBC

extension CopySpecification {
    /// Refuses what can't go with files that a partition is cut into: they are copied all or not at all.
    func checkCut() throws {
        guard let most = table.mostRowsPerFile else { return }
        let option = "--max-rows-per-file"
        guard most > 0 else { throw CopyError(.usage, "\(option) \(most) is not from 1 on") }
        guard overwrite == .always else {
            throw CopyError(
                .usage,
                "files of \(option) are written again where a partition is read again, and --overwrite \(overwrite.rawValue) keeps what is there",
                advice: "Leave one of them out, and choose a folder that is empty"
            )
        }
        guard selection.isEverything, layout != .merge else {
            throw CopyError(
                .usage,
                "\(option) makes files of which none can be left out or put behind another",
                advice: "Leave out --include, --exclude and --layout merge"
            )
        }
    }

    /// What a copy of a table that is cut into files needs; nil for any other.
    func cut(_ plan: KeptPlan?) -> CutTable.Cut? {
        guard table.mostRowsPerFile != nil, case .odbc = source else { return nil }
        return CutTable.Cut(files: CutFiles(retry.policy), plan: CutPlan(plan), sink: Locked(nil))
    }
}
