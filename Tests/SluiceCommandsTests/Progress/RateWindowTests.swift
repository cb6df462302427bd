import Testing

@testable import SluiceCommands

/// A window that was filled every half second by `bytes`, which says what was done after so many seconds.
private func window(seconds: Double, _ bytes: (Double) -> Double) -> RateWindow {
    var window = RateWindow()
    var time = 0.0
    while time <= seconds {
        window.add(Int(bytes(time)), at: .seconds(time))
        time += 0.5
    }
    return window
}

@Suite struct RateWindowTests {
    @Test("one moment has no rate")
    func empty() {
        #expect(RateWindow().rate == nil)
        #expect(window(seconds: 0) { _ in 5 }.rate == nil)
        #expect(window(seconds: 0) { _ in 5 }.time(for: 1) == nil)
    }

    @Test("the rate is that of the last five seconds")
    func sliding() {
        let window = window(seconds: 20) { $0 < 10 ? $0 * 100 : 1000 + ($0 - 10) * 10 }
        #expect(window.rate == 10)
    }

    @Test("a steady rate tells the time that is left")
    func steady() {
        #expect(window(seconds: 5) { $0 * 100 }.time(for: 1000) == .seconds(10))
    }

    @Test(
        "a rate that is not steady tells nothing",
        arguments: [
            window(seconds: 1) { $0 * 100 }, window(seconds: 5) { $0 < 2.5 ? 0 : ($0 - 2.5) * 100 },
            window(seconds: 5) { min($0, 2.5) * 100 }, window(seconds: 5) { _ in 0 },
        ]
    )
    func unsteady(window: RateWindow) { #expect(window.time(for: 1000) == nil) }
}
