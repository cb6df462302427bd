/// ADF's output of a copy activity, made of the report that the engine writes, which has most of it already.
package struct CopyOutput: Sendable {
    /// The output, its fields in ADF's order, and Sluice's own object behind them.
    package private(set) var node: JSONNode

    /// What makes copies faster, as ADF's `perfRecommendation` has it.
    package struct Tip: Sendable, Hashable {
        package let rule: String
        package let tip: String
        package let address: String

        package init(rule: String, tip: String, address: String) {
            self.rule = rule
            self.tip = tip
            self.address = address
        }
    }

    /// - Parameters:
    ///   - report: what the engine writes of one run.
    ///   - runtime: what runs it, such as this machine's name.
    ///   - logFile: the address of the copy's log.
    ///   - hasSkippedInconsistent: whether files were skipped because they differed.
    package init(report: JSONNode, runtime: String, logFile: String? = nil, hasSkippedInconsistent: Bool = false) {
        node = report
        set("effectiveIntegrationRuntime", .string(runtime))
        if let logFile { set("logFilePath", .string(logFile)) }
        let tips = CopyOutput.tips(report)
        if !tips.isEmpty {
            set(
                "perfRecommendation",
                .list(
                    tips.map {
                        .object([
                            ("Tip", .string($0.tip)), ("ReferUrl", .string($0.address)), ("RuleName", .string($0.rule)),
                        ])
                    }
                )
            )
        }
        if hasSkippedInconsistent, let verified = report["dataConsistencyVerification"] {
            set("dataConsistencyVerification", verified.replacing("InconsistentData", with: .text("Skipped")))
        }
        sort()
    }

    /// The output of a staged copy, of the reports of its halves.
    ///
    /// - Parameter seconds: from the first half's start to the second one's end; they overlap.
    package init(first: JSONNode, second: JSONNode, seconds: Double, runtime: String, logFile: String? = nil) {
        self.init(report: second, runtime: runtime, logFile: logFile)
        for name in ["dataRead", "filesRead", "rowsRead", "sourcePeakConnections"] {
            if let value = first[name] { set(name, value) } else { remove(name) }
        }
        for name in ["filesSkipped", "rowsSkipped"] {
            let sum = (first[name]?.integer ?? 0) + (second[name]?.integer ?? 0)
            if first[name] != nil || second[name] != nil { set(name, .number(sum)) }
        }
        for name in ["errors", "executionDetails", "perfRecommendation"] {
            let all = (first[name]?.elements ?? []) + (node[name]?.elements ?? [])
            if first[name] != nil || node[name] != nil { set(name, .list(all)) }
        }
        set("copyDuration", .decimal(seconds))
        if seconds > 0, let bytes = first["dataRead"]?.integer {
            set("throughput", .decimal(Double(bytes) / 1024 / seconds))
        } else {
            remove("throughput")
        }
        if first["dataConsistencyVerification"]?["VerificationResult"]?.text != "Verified",
            let weaker = first["dataConsistencyVerification"]
        {
            // A chain is as strong as its weakest part.
            set("dataConsistencyVerification", weaker)
        }
        sort()
    }

    // MARK: Fields

    private mutating func set(_ name: String, _ value: JSONNode) {
        var members = node.members.filter { $0.name != name }
        members.append(JSONMember(name: name, value: value))
        node.content = .object(members)
    }

    private mutating func remove(_ name: String) { node.content = .object(node.members.filter { $0.name != name }) }

    private mutating func sort() {
        let known = Dictionary(CopyOutput.fields.enumerated().map { ($1, $0) }) { first, _ in first }
        // What is Sluice's own comes last, in the order that it has.
        let placed = node.members.enumerated().sorted { left, right in
            (known[left.element.name] ?? .max, left.offset) < (known[right.element.name] ?? .max, right.offset)
        }
        node.content = .object(placed.map(\.element))
    }

    /// ADF's fields in ADF's order.
    static let fields = [
        "dataRead", "dataWritten", "filesRead", "filesWritten", "filesSkipped", "sourcePeakConnections",
        "sinkPeakConnections", "rowsRead",
        "rowsCopied", "rowsSkipped", "copyDuration", "throughput", "logFilePath", "errors",
        "effectiveIntegrationRuntime", "usedParallelCopies",
        "dataConsistencyVerification", "executionDetails", "perfRecommendation", "durationInQueue",
    ]

    // MARK: Tips

    private static func tips(_ report: JSONNode) -> [Tip] {
        let details = report["executionDetails"]?.elements ?? []
        let throttled = details.flatMap { [$0["source"], $0["sink"]] }.compactMap { $0?["throttlingErrors"]?.integer }
            .reduce(0, +)
        guard throttled > 0 else { return [] }
        let tip = Tip(
            rule: "ReduceThrottlingErrorPerfRecommendationRule",
            tip:
                "The store refused \(throttled) requests because there were too many. Lower parallelCopies or maxConcurrentConnections, or have its limits raised.",
            address: "https://learn.microsoft.com/azure/data-factory/copy-activity-performance-troubleshooting"
        )
        return [tip]
    }
}

extension JSONNode {
    static func number(_ number: Int) -> JSONNode { JSONNode(.number(String(number))) }

    /// Three digits behind the point, without zeros at the end.
    ///
    /// - Precondition: it is finite and less than 9e15.
    static func decimal(_ number: Double) -> JSONNode {
        let thousandths = Int((number * 1000).rounded())
        var digits = String(abs(thousandths) % 1000)
        digits = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        while digits.last == "0" { digits.removeLast() }
        let whole = (thousandths < 0 ? "-" : "") + String(abs(thousandths) / 1000)
        return JSONNode(.number(digits.isEmpty ? whole : whole + "." + digits))
    }
}
