import FoundationEssentials
import SluiceJobs

/// Documents of Fixtures/jobs, and documents in memory.
enum JobFixture {
    static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    static let jobs = root + "/Fixtures/jobs"
    static let all = [
        "files-to-blobs.json", "first-version.json", "factory/pipeline/FilesToWarehouse.json",
        "factory/pipeline/FilesToWarehouseByServer.json", "factory/pipeline/WarehouseToMart.json",
        "factory/pipeline/TablesToLake.json", "factory/pipeline/FilesToWarehouseDirectly.json", "new-orders.json",
    ]

    static func read(_ path: String) throws -> DocumentFile? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return DocumentFile(path: path, bytes: Array(data), isReadableByOthers: true)
    }

    static func load(_ name: String) throws -> Job { try Job.load(jobs + "/" + name, read: read) }

    /// Files that are only here.
    static func load(
        _ files: [String: String],
        _ main: String = "job.json",
        isReadableByOthers: Bool = true,
        given: Set<String> = []
    ) throws -> Job {
        try Job.load(main, given: given) { path in
            files[path].map { DocumentFile(path: path, bytes: Array($0.utf8), isReadableByOthers: isReadableByOthers) }
        }
    }

    /// What is wrong with them, each on a line; nothing where they are right.
    static func findings(_ files: [String: String], isReadableByOthers: Bool = true) throws -> [Finding] {
        do {
            _ = try load(files, isReadableByOthers: isReadableByOthers)
            return []
        } catch let error as JobError {
            return error.findings
        }
    }

    /// A document that is right, with something in it replaced.
    static func replacing(_ old: String, _ new: String, in name: String = "files-to-blobs.json") throws -> [String:
        String]
    {
        let text = String(decoding: try read(jobs + "/" + name)?.bytes ?? [], as: UTF8.self)
        precondition(text.contains(old), "\(old) is not in \(name)")
        return ["job.json": text.replacing(old, with: new, maxReplacements: 1)]
    }
}
