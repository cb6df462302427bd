import Glibc

/// Lets other threads go first, at random.
func yieldSometimes(_ generator: inout some RandomNumberGenerator) {
    guard Int.random(in: 0..<3, using: &generator) == 0 else { return }
    for _ in 0..<Int.random(in: 1...4, using: &generator) { sched_yield() }
}
