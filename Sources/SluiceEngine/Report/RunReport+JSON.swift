internal import SluiceCore
internal import SluicePipeline

extension RunReport {
    /// The report as indented JSON with a line end: ADF's copy output, and the object `sluice` beside it.
    package var json: [UInt8] {
        var json = JSONWriter(isIndented: true)
        json.object { json in
            writeSums(to: &json)
            writeErrors(to: &json)
            json.objectField("dataConsistencyVerification") { json in
                json.field("VerificationResult", consistency.verificationResult)
                json.field("InconsistentData", consistency == .found ? "Found" : "None")
            }
            json.arrayField("executionDetails") { json in
                for execution in executions { json.object { write(execution, to: &$0) } }
            }
            json.objectField("durationInQueue") { $0.field("integrationRuntimeQueue", 0) }
            json.objectField("sluice") { writeOwn(to: &$0) }
        }
        json.endLine()
        return json.bytes
    }

    private func writeSums(to json: inout JSONWriter) {
        json.field("dataRead", sums.bytesRead)
        json.field("dataWritten", sums.bytesWritten)
        json.field("filesRead", sums.filesRead)
        json.field("filesWritten", sums.filesWritten)
        json.field("filesSkipped", sums.filesSkipped)
        if let rows = sums.rows ?? rowFacts.map({ _ in RowCount() }) {
            json.field("rowsRead", rows.read)
            json.field("rowsCopied", rows.copied)
            json.field("rowsSkipped", rows.skipped)
        }
        json.field("sourcePeakConnections", sourceConnections)
        json.field("sinkPeakConnections", counts?.peakActive)
        json.field("copyDuration", copyDuration, places: 6)
        json.field("throughput", throughput, places: 3)
        json.field("usedParallelCopies", counts?.peakActive)
    }

    private func writeErrors(to json: inout JSONWriter) {
        json.arrayField("errors") { json in
            if let failure { RunReport.write(failure, of: nil, to: &json) }
            for error in sums.errors { RunReport.write(error.failure, of: error.name, to: &json) }
        }
    }

    private static func write(_ failure: any Failure, of name: String?, to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("code", failure.kind.rawValue)
            json.field("message", failure.cause.map { failure.what + ": " + $0 } ?? failure.what)
            json.field("advice", failure.advice)
        }
    }

    /// What ADF lists one by one: a staged copy is two of them, which overlap here.
    private struct Execution {
        var source: String
        var sink: String
        var stages: Stages
        var counts: WriteStage.Counts?
        /// Seconds, to the microsecond.
        var duration: Double
    }

    private var executions: [Execution] {
        var last = Execution(
            source: source.storeType,
            sink: sink.storeType,
            stages: stages,
            counts: counts,
            duration: copyDuration
        )
        guard let staging, let unloading = staging.stages else { return [last] }
        let duration = (staging.unloadDuration.seconds * 1e6).rounded() / 1e6
        let first = Execution(
            source: source.storeType,
            sink: staging.storeType,
            stages: unloading,
            counts: staging.counts,
            duration: duration
        )
        last.source = staging.storeType
        return [first, last]
    }

    private func write(_ execution: Execution, to json: inout JSONWriter) {
        json.objectField("source") { $0.field("type", execution.source) }
        json.objectField("sink") { json in
            json.field("type", execution.sink)
            if let throttled = execution.counts?.throttled, throttled > 0 { json.field("throttlingErrors", throttled) }
        }
        json.field("status", executionStatus)
        json.field("start", startedAt.rfc3339)
        json.field("duration", execution.duration, places: 6)
        json.field("usedParallelCopies", execution.counts?.peakActive)
        json.objectField("profile") { json in
            json.objectField("queue") { json in
                json.field("status", "Completed")
                json.field("duration", 0)
            }
            json.objectField("transfer") { writeTransfer(execution, to: &$0) }
        }
        json.objectField("detailedDurations") { json in
            json.field("queuingDuration", 0)
            json.field("transferDuration", execution.duration, places: 6)
        }
    }

    private func writeTransfer(_ execution: Execution, to json: inout JSONWriter) {
        json.field("status", executionStatus == "Succeeded" ? "Completed" : executionStatus)
        json.field("duration", execution.duration, places: 6)
        let stages = execution.stages
        json.objectField("details") { json in
            json.objectField("listingSource") { json in
                json.field("type", execution.source)
                json.field("workingDuration", stages.lister.busy > .zero ? stages.lister.busy.seconds : nil, places: 6)
            }
            json.objectField("readingFromSource") { json in
                json.field("type", execution.source)
                json.field("workingDuration", stages.reader.utilisation.map { $0 * execution.duration }, places: 6)
            }
            json.objectField("writingToSink") { json in
                json.field("type", execution.sink)
                json.field("workingDuration", stages.writer.utilisation.map { $0 * execution.duration }, places: 6)
            }
        }
    }

    /// ADF knows three ends.
    private var executionStatus: String {
        switch outcome {
        case .succeeded: "Succeeded"
        case .incomplete where sums.filesFailed == 0: "Succeeded"
        case .interrupted: "Cancelled"
        case .incomplete, .failed, .misused, .different, .nothingMatched: "Failed"
        }
    }
}

extension RunReport {
    /// The object `sluice`.
    private func writeOwn(to json: inout JSONWriter) {
        json.field("version", version)
        json.field("runId", identifier.description)
        json.field("command", command)
        json.field("source", source.description)
        json.field("sink", sink.description)
        json.field("status", outcome.status)
        json.field("exitCode", Int(outcome.exitCode))
        json.field("startedAt", startedAt.rfc3339)
        json.field("filesFailed", sums.filesFailed)
        if let comparison { json.objectField("comparison") { RunReport.write(comparison, to: &$0) } }
        if sums.filesUnchanged > 0 { json.field("filesUnchanged", sums.filesUnchanged) }
        json.field("bytesOnWire", bytesOnWire)
        if sums.bytesCopiedByService > 0 { json.field("bytesCopiedByService", sums.bytesCopiedByService) }
        json.field("codec", codec ?? "none")
        json.field("compressionRatio", compressionRatio, places: 4)
        json.field("cpuSeconds", usage.processorTime.seconds, places: 6)
        json.field("peakMemory", usage.peakMemory.rawValue)
        json.field("resumedBytes", sums.bytesResumed)
        if sums.filesResumed > 0 { json.field("filesResumed", sums.filesResumed) }
        json.field("snapshot", rowFacts?.snapshot)
        if let staging { json.objectField("staging") { RunReport.write(staging, to: &$0) } }
        json.field("retries", counts?.retries)
        json.field("throttled", counts?.throttled)
        json.field("connectionsRaised", counts?.raises)
        json.field("connectionsCut", counts?.cuts)
        json.field("tailCuts", counts?.tailCuts)
        json.objectField("stages") { json in
            RunReport.write(stages.reader, "reader", to: &json)
            RunReport.write(stages.chunker, "chunker", to: &json)
            RunReport.write(stages.compressor, "compressor", to: &json)
            RunReport.write(stages.writer, "writer", to: &json)
        }
        json.field("bottleneck", bottleneck?.sentence)
        if let digest = sums.digest {
            json.objectField("digest") { $0.field(digest.algorithm.rawValue, digest.base64) }
        }
        if !sums.notes.isEmpty { json.arrayField("notes") { json in sums.notes.forEach { json.value($0) } } }
    }

    private static func write(_ counts: VerifyCounts, to json: inout JSONWriter) {
        json.field("byDigest", counts.byDigest)
        json.field("byReading", counts.byReading)
        json.field("bySize", counts.bySize)
        json.field("missing", counts.missing)
        json.field("sizeDiffers", counts.sizeDiffers)
        json.field("contentDiffers", counts.contentDiffers)
        json.field("extra", counts.extra)
        json.field("bytesSame", counts.bytesSame)
        json.field("bytesRead", counts.bytesRead)
    }

    private static func write(_ staging: StagingFacts, to json: inout JSONWriter) {
        json.field("location", staging.location)
        json.field("codec", staging.codec)
        json.field("objects", staging.objects)
        json.field("bytes", staging.bytes)
        json.field("peakBytes", staging.peak)
        json.field("objectsLeft", staging.left)
        json.field("unloadDuration", staging.unloadDuration.seconds, places: 6)
        json.field("retries", staging.counts?.retries)
        if let stages = staging.stages {
            json.objectField("stages") { json in
                RunReport.write(stages.reader, "reader", to: &json)
                RunReport.write(stages.chunker, "chunker", to: &json)
                RunReport.write(stages.compressor, "compressor", to: &json)
                RunReport.write(stages.writer, "writer", to: &json)
            }
        }
    }

    private static func write(_ stage: StageReading, _ name: String, to json: inout JSONWriter) {
        json.objectField(name) { json in
            json.field("busy", stage.busy.seconds, places: 6)
            json.field("waitingForInput", stage.waitingForInput.seconds, places: 6)
            json.field("waitingForOutput", stage.waitingForOutput.seconds, places: 6)
            json.field("bytesIn", stage.bytesIn)
            json.field("bytesOut", stage.bytesOut)
        }
    }
}

extension RunReport.Consistency {
    var verificationResult: String {
        switch self {
        case .verified: "Verified"
        case .notVerified, .found: "NotVerified"
        case .unsupported: "Unsupported"
        }
    }
}
