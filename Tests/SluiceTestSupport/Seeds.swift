import Glibc

/// The seeds that a randomised test tries: as many as `SLUICE_SEEDS` says, `standard` when it isn't set, from
/// `SLUICE_FIRST_SEED` (0) on.
package func seeds(_ standard: Int) -> Range<UInt64> {
    let first = UInt64(number("SLUICE_FIRST_SEED") ?? 0)
    return first..<first + UInt64(max(1, number("SLUICE_SEEDS") ?? standard))
}

private func number(_ variable: String) -> Int? { getenv(variable).flatMap { Int(String(cString: $0)) } }
