import SluiceCore
import SluiceJobs

extension FuzzTarget {
    /// What stands in a user's job documents.
    static let jobs = [jobDocument, jobExpression]

    private static let jobDocument = FuzzTarget(
        "job-json",
        samples: [
            "{\"a\": [1, -0.5e+7, {\"b c\": true}], \"é\": \"\\u00e9\\ud83d\\ude00\\n\", \"z\": null}",
            "\u{FEFF}[{\"name\":\"Copy\",\"properties\":{\"activities\":[{},[],[[]]]}}]\r\n",
        ],
        words: ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud83d", "//", "/*", "1e", "-", "null", "{\"a\":", "[["]
    ) { bytes in
        do {
            let root = try JSONParser.document(bytes)
            let again = try JSONParser.document(Array(root.json.utf8))
            try require(again.json == root.json, "\(root.json) became \(again.json)")
            try require(
                try JSONParser.document(Array(root.indentedJSON.utf8)).json == root.json,
                "lines make a difference"
            )
        } catch let error as JSONError {
            let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
            try require(error.place.line <= lines, "the error is behind the end: \(error)")
            try require(error.description.utf8.count < 2000, "an error of \(error.description.utf8.count) bytes")
        }
    }

    private static let jobExpression = FuzzTarget(
        text: "job-expression",
        samples: [
            "@concat('it''s ', pipeline().parameters['a b'], item().x[0])",
            "a/@{formatDateTime(utcNow(), 'yyyy/MM/dd HH:mm:ss.fff tt')}/@@{b}",
            "@@plain", "@activity('x').output", "@{dataset().p}@{-0.5}",
        ],
        words: [
            "@", "@{", "}", "@@", "(", ")", "'", "''", ",", ".", "[", "]", "?.", "item()", "concat(", "utcNow('", "\\",
            "fffffff", "MMMM",
        ]
    ) { text in
        let start = Timestamp(seconds: 1_795_238_391)
        let run = JobRun(identifier: "r", pipeline: "p", start: start) { start }
        let scope = ExpressionScope(.pipeline, parameters: ["a b": .text("x")], item: .array([]), run: run)
        do {
            let expression = try ExpressionParser.parse(text)
            let problems = ExpressionNames(.pipeline, parameters: ["a b"], hasItem: true).problems(expression)
            if !text.unicodeScalars.contains("@") {
                try require(expression == .literal(.text(text)), "a plain text became \(expression)")
            }
            for problem in problems {
                try require(problem.reason.utf8.count < 2000, "a problem of \(problem.reason.utf8.count) bytes")
            }
            _ = try scope.value(of: expression)
        } catch let error as ExpressionError {
            try require(error.offset <= text.unicodeScalars.count, "the error is behind the end: \(error)")
            try require(error.reason.utf8.count < 2000, "an error of \(error.reason.utf8.count) bytes")
        }
    }
}
