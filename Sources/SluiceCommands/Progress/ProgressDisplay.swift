internal import Dispatch
internal import Glibc
internal import SluiceCore
internal import SluicePipeline

/// Shows how a run goes on, from a thread of its own.
final class ProgressDisplay: Sendable {
    /// What is drawn; `auto` is decided.
    enum Style: Sendable {
        case bar, plain, json

        /// Between looks at the run.
        fileprivate var tick: Duration {
            switch self {
            case .bar: .milliseconds(100)
            case .plain, .json: .milliseconds(500)
            }
        }

        /// Looks for each line that is written.
        fileprivate var ticksPerLine: Int {
            switch self {
            case .bar: 1
            case .plain: 10
            case .json: 2
            }
        }
    }

    private let style: Style
    private let probe: ProgressProbe
    private let hasStopped = Monitor(false)
    private let group = DispatchGroup()

    init(_ style: Style, of probe: ProgressProbe) {
        self.style = style
        self.probe = probe
    }

    func start() { Worker("progress").run(in: group) { [self] in run() } }

    /// Ends the display; a bar is taken away, and programs get a last line.
    func stop() {
        hasStopped.withLock { $0 = true }
        hasStopped.broadcast()
        group.wait()
    }

    private func run() {
        var state = ProgressState(isSerial: probe.isSerial)
        var ticks = 0
        var next = ContinuousClock.now
        repeat {
            state.add(probe.snapshot)
            // At the start there is nothing to tell yet but that it has started, which a bar does.
            if ticks.isMultiple(of: style.ticksPerLine), ticks > 0 || style == .bar { draw(state, isLast: false) }
            ticks += 1
            next += style.tick
        } while hasStopped.wait(deadline: next, until: { $0 ? true : nil }) == nil
        state.add(probe.snapshot)
        draw(state, isLast: true)
    }

    private func draw(_ state: ProgressState, isLast: Bool) {
        switch style {
        case .bar where isLast: StandardError.shared.clearBar()
        case .bar: StandardError.shared.draw(bar: ProgressBar.line(state, columns: Terminal.columns))
        // The summary is the last line for people.
        case .plain where isLast: break
        case .plain: StandardError.shared.write(PlainProgress.line(state) + "\n")
        case .json: StandardError.shared.write(JSONProgress.line(state, isLast: isLast))
        }
    }
}

/// The terminal that standard error is.
enum Terminal {
    /// Whether lines can be redrawn there.
    static var isCapable: Bool {
        guard isatty(STDERR_FILENO) == 1 else { return false }
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        return !kind.isEmpty && kind != "dumb"
    }

    /// Whether it breaks long lines anew when it is resized, as most do; xterm cuts them.
    static var reflows: Bool { getenv("XTERM_VERSION") == nil }

    /// Its width now; a terminal may be resized at any time.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
