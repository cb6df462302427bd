internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// The machine that was measured, and how busy others kept it.
package struct MachineDescription: Codable, Sendable, Equatable {
    /// As the kernel names it; absent where it does not.
    package var processor: String?
    package var cores: Int
    package var memoryBytes: Int
    package var kernel: String
    /// The share of the processors' time that went to other programs during the bench, or to other machines of the
    /// same host; absent where the kernel does not say.
    package var takenByOthers: Double?

    package init(processor: String?, cores: Int, memoryBytes: Int, kernel: String, takenByOthers: Double?) {
        self.processor = processor
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.kernel = kernel
        self.takenByOthers = takenByOthers
    }

    /// This machine.
    static var current: MachineDescription {
        var names = utsname()
        unsafe uname(&names)
        let release = unsafe withUnsafeBytes(of: &names.release) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return MachineDescription(
            processor: processorName,
            cores: ProcessorCount.available,
            memoryBytes: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
            kernel: "Linux \(release)",
            takenByOthers: nil
        )
    }

    private static var processorName: String? {
        let lines = SmallFile.text("/proc/cpuinfo").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("model name") }) else { return nil }
        return line.split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) }
    }
}

/// Who had the processors between two moments.
struct ProcessorUse: Sendable {
    private let ticks: SystemTicks?
    private let own: Duration

    /// The state of things now.
    init() {
        ticks = SystemTicks(procStat: SmallFile.text("/proc/stat"))
        own = ProcessorTime.ofProcess
    }

    /// The share of the processors' time since then that others had.
    var takenByOthers: Double? {
        let now = ProcessorUse()
        guard let before = ticks, let after = now.ticks else { return nil }
        let perSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        return SystemTicks.takenByOthers(from: before, to: after, own: (now.own - own).seconds * perSecond)
    }
}

/// The first line of /proc/stat (proc(5)), in clock ticks.
struct SystemTicks: Sendable, Equatable {
    let busy: Double
    let idle: Double

    /// Nil when the text is not of that form.
    init?(procStat text: String) {
        let fields = text.prefix { $0 != "\n" }.split(separator: " ")
        // user nice system idle iowait irq softirq steal
        guard fields.first == "cpu", fields.count >= 9 else { return nil }
        let values = fields[1...8].compactMap { Double($0) }
        guard values.count == 8 else { return nil }
        idle = values[3] + values[4]
        busy = values.reduce(0, +) - idle
    }

    /// - Parameter own: our ticks between the two.
    static func takenByOthers(from before: SystemTicks, to after: SystemTicks, own: Double) -> Double? {
        let busy = after.busy - before.busy
        let all = busy + after.idle - before.idle
        guard all > 0 else { return nil }
        return min(1, max(0, (busy - own) / all))
    }
}

/// Small files of the kernel.
enum SmallFile {
    /// The file's text up to 64 KiB; empty where there is none.
    static func text(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress! + filled, $0.count - filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
