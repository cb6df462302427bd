/// Where a table is cut into ranges of nearly as many rows each.
enum RangeCuts {
    /// Bounds between `count` ranges at most: each is the first value of the range behind it.
    ///
    /// Equal values stay together, and what is left is shared out anew behind each cut. So one value that most rows have
    /// gets a range of its own, and all others are divided as if it weren't there.
    ///
    /// - Parameter sample: values in their order.
    static func bounds(of sample: [String], count: Int) -> [String] {
        let runs = runs(of: sample)
        var bounds: [String] = []
        var left = sample.count
        var held = 0
        for (index, run) in runs.enumerated() {
            let open = count - bounds.count
            guard open > 1 else { break }
            // Half of a run may be too much before the range counts as full.
            let share = (held + left) / open
            if index > 0, held > 0, held + run.count / 2 >= share {
                bounds.append(run.value)
                held = 0
            }
            held += run.count
            left -= run.count
        }
        return bounds
    }

    private static func runs(of sample: [String]) -> [(value: String, count: Int)] {
        var runs: [(value: String, count: Int)] = []
        for value in sample {
            if let last = runs.last, last.value == value {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((value, 1))
            }
        }
        return runs
    }

    /// The conditions of the ranges: every row is in exactly one of them, with values beyond the bounds too.
    ///
    /// - Parameters:
    ///   - column: its name as it stands in a statement.
    ///   - isOrdered: whether each bound is sure to be above those before it, by the comparison that the database
    ///     makes. Where it isn't, a range also leaves out what any range before it has.
    ///   - hasNulls: whether rows without a value get a range of their own. Where none were seen they are with the last
    ///     one: some may come until it is read.
    static func conditions(_ column: String, _ bounds: [String], isOrdered: Bool, hasNulls: Bool) -> [String] {
        let ranges = (0...bounds.count).map { index in
            let from = isOrdered ? bounds[max(0, index - 1)..<index] : bounds[..<index]
            // The nearest bound first: it leaves out the most.
            let parts =
                from.reversed().map { "\(column) >= \($0)" } + bounds[index...].prefix(1).map { "\(column) < \($0)" }
            return parts.isEmpty ? "\(column) is not null" : parts.joined(separator: " and ")
        }
        if hasNulls { return ranges + ["\(column) is null"] }
        return ranges.dropLast() + [bounds.isEmpty ? "1 = 1" : "(\(ranges[bounds.count]) or \(column) is null)"]
    }
}
