import SluiceJobs
import Testing

@Suite struct ActivityOrderTests {
    /// `"B<A:Succeeded,C:Failed|Skipped"`: B waits for A and C.
    private func order(_ activities: [String]) -> ActivityOrder {
        ActivityOrder(
            activities.map { text in
                let parts = text.split(separator: "<")
                let dependencies = (parts.count > 1 ? parts[1].split(separator: ",") : []).map { part in
                    let pair = part.split(separator: ":")
                    return ActivityDependency(
                        String(pair[0]),
                        pair[1].split(separator: "|").compactMap { .init(rawValue: String($0)) }
                    )
                }
                return (String(parts[0]), dependencies)
            }
        )
    }

    /// Runs all that may run, where those of `failing` fail.
    private func run(_ activities: [String], failing: Set<String>) -> (ran: [String], outcome: ActivityOutcome?) {
        var order = order(activities)
        var ran: [String] = []
        while let name = order.ready.first {
            order.start(name)
            ran.append(name)
            order.end(name, failing.contains(name) ? .failed : .succeeded)
        }
        return (ran, order.outcome)
    }

    @Test(
        "what runs and what comes of it follows ADF's rules",
        arguments: [
            (["A", "B<A:Succeeded"], [], ["A", "B"], .succeeded), (["A", "B<A:Succeeded"], ["A"], ["A"], .failed),
            // Try and catch: what is caught does no harm, unless the catch fails.
            (["A", "B<A:Failed"], ["A"], ["A", "B"], .succeeded),
            (["A", "B<A:Failed"], ["A", "B"], ["A", "B"], .failed),
            (["A", "B<A:Failed"], [], ["A"], .succeeded),
            // Do, if or else: a leaf that was skipped stands for what it waited for.
            (["A", "B<A:Succeeded", "C<A:Failed"], ["A"], ["A", "C"], .failed),
            (["A", "B<A:Succeeded", "C<A:Failed"], [], ["A", "B"], .succeeded),
            // Do, if, skip, else.
            (["A", "B<A:Succeeded", "C<B:Failed|Skipped"], ["A"], ["A", "C"], .succeeded),
            (["A", "B<A:Succeeded", "C<B:Failed|Skipped"], ["B"], ["A", "B", "C"], .succeeded),
            (["A", "B<A:Completed"], ["A"], ["A", "B"], .succeeded),
            (["A", "B<A:Succeeded", "C<B:Completed"], ["A"], ["A"], .failed),
            (["A", "B<A:Succeeded", "C<B:Skipped"], ["A"], ["A", "C"], .succeeded),
            // All must hold.
            (["A", "B", "C<A:Succeeded,B:Failed"], ["B"], ["A", "B", "C"], .succeeded),
            (["A", "B", "C<A:Succeeded,B:Failed"], [], ["A", "B"], .succeeded),
            (["A", "B", "C<A:Succeeded,B:Succeeded"], ["A"], ["A", "B"], .failed),
            (["C<B:Succeeded", "B<A:Succeeded", "A"], [], ["A", "B", "C"], .succeeded),
            (["A", "B<A:Succeeded", "C<B:Succeeded", "D<C:Failed"], ["B"], ["A", "B"], .failed),
            ([], [], [], .succeeded),
        ] as [([String], Set<String>, [String], ActivityOutcome)]
    )
    func rules(activities: [String], failing: Set<String>, ran: [String], outcome: ActivityOutcome) {
        let result = run(activities, failing: failing)
        #expect(result.ran == ran)
        #expect(result.outcome == outcome)
    }

    @Test("what waits for nothing may run at the same time, and there is no outcome before all have ended")
    func parallel() {
        var order = order(["A", "B", "C<A:Succeeded,B:Succeeded"])
        #expect(order.ready == ["A", "B"])
        order.start("A")
        order.start("B")
        #expect(order.ready.isEmpty)
        order.end("A", .succeeded)
        #expect(order.state(of: "C") == .waiting)
        #expect(order.outcome == nil)
        order.end("B", .failed)
        #expect(order.skipped == ["C"])
        #expect(order.outcome == .failed)
    }

    @Test("once cancelled nothing starts any more, and the run has failed")
    func cancelling() {
        var order = order(["A", "B", "C<A:Succeeded"])
        order.start("A")
        order.cancel()
        #expect(order.ready.isEmpty)
        #expect(order.outcome == nil)
        order.end("A", .succeeded)
        #expect(order.skipped == ["B", "C"])
        #expect(order.outcome == .failed)
    }
}
