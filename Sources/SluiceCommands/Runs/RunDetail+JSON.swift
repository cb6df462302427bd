internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger
internal import SluicePipeline

extension LedgerRun {
    /// The run as a line of JSON.
    var jsonLine: [UInt8] {
        var json = JSONWriter()
        json.object { writeFields(to: &$0) }
        json.endLine()
        return json.bytes
    }

    /// What is known of the run without looking further.
    fileprivate func writeFields(to json: inout JSONWriter) {
        json.field("runId", record.identifier)
        json.field("command", record.command)
        json.field("status", status.rawValue)
        json.field("exitCode", exitCode.map { Int($0) })
        json.field("startedAt", started.rfc3339)
        json.field("attempts", attempts)
        json.field("attemptStartedAt", holder.since.rfc3339)
        json.field("endedAt", ended?.rfc3339)
        json.field("attemptDuration", ended == nil ? nil : attemptDuration(now: holder.since)?.seconds, places: 6)
        json.field("source", record.source)
        json.field("sink", record.sink)
        json.objectField("items") { json in
            json.field("done", totals.done)
            json.field("failed", totals.failed)
            json.field("skipped", totals.skipped)
        }
        json.objectField("bytes") { json in
            json.field("read", totals.bytes.read)
            json.field("written", totals.bytes.written)
            json.field("resumed", totals.bytes.resumed)
        }
        json.field("process", Int(holder.process))
        json.field("host", holder.host)
        json.field("version", record.version)
    }
}

extension RunDetail {
    /// All of it as indented JSON with a line end.
    var json: [UInt8] {
        var json = JSONWriter(isIndented: true)
        json.object { json in
            run.writeFields(to: &json)
            json.field("directory", command?.directory)
            if let command { json.arrayField("arguments") { json in command.arguments.forEach { json.value($0) } } }
            json.field("commandLine", commandLine)
            json.field("uploadsBegun", uploads)
            let (isGood, sentence) = prospect
            json.field("resumable", isGood)
            json.field(isGood ? "resumeCommand" : "notResumableBecause", sentence)
            json.arrayField("failures") { json in
                for item in failures { json.object { RunDetail.write(item, to: &$0) } }
            }
        }
        json.endLine()
        return json.bytes
    }

    private static func write(_ item: EndedItem, to json: inout JSONWriter) {
        json.field("name", item.name.description)
        switch item.outcome {
        case .failed(let sentence):
            json.field("outcome", "failed")
            json.field("message", sentence)
        case .skipped(let sentence):
            json.field("outcome", "skipped")
            json.field("message", sentence)
        case .done: json.field("outcome", "copied")
        }
    }
}
