import SluiceCore
import SluiceJobs
import Testing

@Suite struct ExpressionTests {
    private static let start = Timestamp(rfc3339: "2026-11-21T05:19:51.042Z")!
    private static let run = JobRun(identifier: "run-7", pipeline: "Nightly", start: start) { start }
    private static let scope = ExpressionScope(
        .pipeline,
        parameters: [
            "folder": .text("in"), "count": .number("007"), "on": .boolean(true), "list": list, "none": .null,
        ],
        item: .object([JSONMember(name: "name", value: JSONNode(.text("a.csv")))]),
        run: run
    )
    private static let list = JSONNode.Content.array([JSONNode(.text("x")), JSONNode(.number("2"))])
    private static let names = ExpressionNames(
        .pipeline,
        parameters: ["folder", "count", "on", "list", "none"],
        hasItem: true
    )

    @Test(
        "a text is computed as ADF does it",
        arguments: [
            ("plain", .text("plain")), ("user@host", .text("user@host")), ("", .text("")),
            ("@pipeline().parameters.folder", .text("in")), ("@Pipeline().parameters['folder']", .text("in")),
            ("@pipeline().parameters.count", .number("007")), ("@pipeline().parameters.on", .boolean(true)),
            ("@{pipeline().parameters.on}", .text("True")), ("@{pipeline().parameters.none}", .text("")),
            ("a/@{pipeline().parameters.folder}/@{item().name}!", .text("a/in/a.csv!")),
            ("@@pipeline()", .text("@pipeline()")), ("@@{x}", .text("@{x}")), ("a @@{x} @{'y'}", .text("a @{x} y")),
            ("@@", .text("@")),
            (" @", .text(" @")), ("@concat('it''s ', 7, ' ', 1.50, true, null)", .text("it's 7 1.50True")),
            ("@concat( 'a' , concat('b','c') )", .text("abc")), ("@pipeline().parameters.list[1]", .number("2")),
            ("@pipeline().parameters.list", list), ("@{pipeline().parameters.list}", .text(#"["x",2]"#)),
            ("@item().name", .text("a.csv")),
            ("@pipeline().RunId", .text("run-7")), ("@pipeline().Pipeline", .text("Nightly")),
            ("@pipeline().TriggerTime", .text("2026-11-21T05:19:51.0420000Z")),
            ("@utcNow()", .text("2026-11-21T05:19:51.0420000Z")),
            ("@utcnow('yyyy/MM/dd')", .text("2026/11/21")),
            ("@formatDateTime('2026-01-02', 'yyyyMMdd')", .text("20260102")),
            ("@formatDateTime('2026-01-02T03:04:05+01:00', 'HH:mm')", .text("02:04")), ("@-007", .number("-7")),
            ("@0.5", .number("0.5")),
        ] as [(String, JSONNode.Content)]
    )
    func values(text: String, value: JSONNode.Content) throws {
        let expression = try ExpressionParser.parse(text)
        #expect(ExpressionTests.names.problems(expression).isEmpty)
        #expect(try ExpressionTests.scope.value(of: expression) == value)
    }

    @Test(
        "what is no expression is refused where it breaks off",
        arguments: [
            ("@", 1, "a function or a value is missing"), ("@concat('a'", 11, "ends where ) or a comma"),
            ("@concat('a' 'b')", 12, "stands where )"),
            ("@concat('a", 8, "has no end"), ("@folder", 1, "folder is no value"),
            ("a@{utcNow()", 11, "where } is missing"),
            ("@utcNow() x", 10, "behind the expression's end"), ("@item().", 8, "name is missing"),
            ("@item()[0", 9, "] is missing"),
            ("@item()?.name", 7, "? is not supported"),
        ] as [(String, Int, String)]
    )
    func syntax(text: String, offset: Int, reason: String) throws {
        let error = try #require(throws: ExpressionError.self) { try ExpressionParser.parse(text) }
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.offset == offset, "\(error)")
    }

    @Test("calls within each other have a bound")
    func depth() {
        let deep = "@" + String(repeating: "concat(", count: 60) + "'a'" + String(repeating: ")", count: 60)
        #expect(throws: ExpressionError.self) { try ExpressionParser.parse(deep) }
    }

    @Test(
        "what can't be computed here is refused by name before anything runs",
        arguments: [
            ("@activity('Copy1').output.rowsCopied", "activity() is not supported"),
            ("@variables('x')", "variables() is not supported"),
            ("@trigger().scheduledTime", "trigger() is not supported"),
            ("@replace('a','b','c')", "the function replace() is not supported"),
            ("x@{addDays(utcNow(), 1)}", "the function addDays()"),
            ("@pipeline().parameters.nowhere", "no parameter \"nowhere\""),
            ("@concat('a', pipeline().parameters.nowhere)", "no parameter \"nowhere\""),
            ("@pipeline().DataFactory", "pipeline().DataFactory"),
            ("@dataset().folder", "dataset() is not known in a pipeline"), ("@concat()", "has 0 arguments"),
            ("@utcNow('a', 'b')", "takes 0 to 1"), ("@item('a')", "takes none"),
        ]
    )
    func refusals(text: String, reason: String) throws {
        let problems = ExpressionTests.names.problems(try ExpressionParser.parse(text))
        #expect(problems.count == 1)
        #expect(problems.first?.reason.contains(reason) == true, "\(problems)")
    }

    @Test("all problems of one expression are told, each with its place")
    func several() throws {
        let names = ExpressionNames(.dataset, parameters: ["a"])
        let problems = names.problems(try ExpressionParser.parse("@{dataset().a}@{dataset().b}@{item()}@{split('x')}"))
        #expect(problems.map(\.offset) == [25, 30, 39])
    }

    @Test("a value that an expression needs and is not there is an error with its place")
    func missing() throws {
        for (text, offset) in [
            ("@item().size", 7), ("@pipeline().parameters.list[2]", 27), ("@pipeline().parameters.gone", 22),
            ("@formatDateTime('soon')", 1),
        ] {
            let expression = try ExpressionParser.parse(text)
            let error = try #require(throws: ExpressionError.self) { try ExpressionTests.scope.value(of: expression) }
            #expect(error.offset == offset, "\(text): \(error)")
        }
    }

    @Test(
        "times are written as .NET's invariant culture does it",
        arguments: [
            ("yyyy-MM-dd HH:mm:ss", "2026-11-21 05:19:51"), ("yy M d h:m:s tt", "26 11 21 5:19:51 AM"),
            ("dddd, dd MMMM yyyy", "Saturday, 21 November 2026"),
            ("ddd MMM", "Sat Nov"), ("HH.mm.ss.fff", "05.19.51.042"), ("s.FFFFFFF", "51.042"), ("s.F", "51"),
            ("yyyy'year'\\d", "2026yeard"),
            ("yyyyMMddTHHmmssZ", "20261121T051951Z"), ("zzz K", "+00:00 Z"), ("%d", "21"),
            ("o", "2026-11-21T05:19:51.0420000Z"), ("s", "2026-11-21T05:19:51"),
            ("u", "2026-11-21 05:19:51Z"), ("r", "Sat, 21 Nov 2026 05:19:51 GMT"), ("d", "11/21/2026"),
            ("T", "05:19:51"), ("", "11/21/2026 05:19:51"),
        ]
    )
    func times(format: String, text: String) throws {
        #expect(try #require(TimeFormat(format)).text(ExpressionTests.start) == text)
    }

    @Test("a format that there is not is refused", arguments: ["q", "yyyyyyyy", "HHH", "'open", "dd\\", "x"])
    func formats(format: String) { #expect(TimeFormat(format) == nil) }

    @Test("noon and midnight are twelve o'clock")
    func noon() throws {
        let format = try #require(TimeFormat("hh tt"))
        #expect(format.text(Timestamp(rfc3339: "2026-11-21T00:00:00Z")!) == "12 AM")
        #expect(format.text(Timestamp(rfc3339: "2026-11-21T12:00:00Z")!) == "12 PM")
    }
}
