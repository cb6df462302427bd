import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceStores

/// What became of a list.
private struct Told {
    var names: [[UInt8]] = []
    var requests = 1
    var mostAtOnce = 0
    var mostWaiting = 0
    var joined = 0
    var refuted = 0
}

/// Lists with answers that come in any order; who reads does so in `reading` of a hundred turns.
private func told(
    by service: ListingService,
    folders: Bool = false,
    waiting: Int = 1000,
    reading: Int = 50,
    _ random: inout SeededGenerator
) -> Told {
    var told = Told()
    let first = service.page(from: 0)
    guard let marker = first.next else {
        told.names = first.items.map { Array($0.name.utf8) }
        return told
    }
    var limits = ListLimits()
    (limits.waiting, limits.toCut, limits.inFolder, limits.folders) = (waiting, 2 * service.pageSize, 3, 4)
    var list = folders ? RangedList(folders: first, limits) : RangedList(names: first, marker: marker, limits)
    if !folders { told.names = first.items.map { Array($0.name.utf8) } }
    var underWay: [RangedList.Request] = []
    while !list.isEmpty {
        while let request = list.next() { underWay.append(request) }
        told.mostAtOnce = max(told.mostAtOnce, underWay.count)
        if !underWay.isEmpty {
            let request = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &random))
            list.take(service.page(request.place), for: request)
            told.requests += 1
        }
        guard underWay.isEmpty || Int.random(in: 0..<100, using: &random) < reading else { continue }
        told.names += list.told().map { Array($0.name.utf8) }
    }
    (told.mostWaiting, told.joined, told.refuted) = (list.mostWaiting, list.joined, list.refuted)
    return told
}

@Suite(.timeLimit(.minutes(30))) struct RangedListTests {
    private static let shapes: [@Sendable (Int, inout SeededGenerator) -> String] = [
        { number, _ in "\(number)" },
        { number, _ in "file_\(number).csv" },
        { number, _ in String(number, radix: 16) + "/x-\(number % 7)" },
        { number, _ in "\(number % 5)/\(number % 3)/\(number)" },
        { number, _ in ["a", "a-b", "a.b", "a/b", "a/b-c", "a b"][number % 6] + "\(number)" },
        // Empty names of folders, an object with a folder's name, and two names that are one to Swift.
        { number, _ in
            ["/", "//", "a/", "a//", "e\u{301}/", "\u{e9}/", "\u{e9}", "e\u{301}"][number % 8] + "\(number / 16)"
        },
        { number, random in
            String((0..<1 + number % 9).map { _ in "ab-/.~zß€😀\u{7f}\u{1}".randomElement(using: &random) ?? "a" })
        },
    ]

    private func names(_ shape: Int, _ random: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 1...400, using: &random)).map { RangedListTests.shapes[shape]($0, &random) }
    }

    @Test(
        "every name is told once and in the service's order, whatever that is and wherever the service begins",
        arguments: 0..<shapes.count,
        ListingService.Order.allCases
    )
    func complete(shape: Int, order: ListingService.Order) {
        for start in ListingService.Start.allCases {
            for seed in 0..<4 {
                var random = SeededGenerator(seed: UInt64(seed))
                let pageSize = Int.random(in: 1...12, using: &random)
                let service = ListingService(names(shape, &random), order, start, pageSize: pageSize)
                let told = told(by: service, &random)
                let isWhole = told.names == service.names.map { Array($0.utf8) }
                #expect(isWhole, "\(start), seed \(seed): \(told.names.count) of \(service.names.count)")
            }
        }
    }

    @Test(
        "by folders every name is told once, in any order, and in that of bytes where that is the service's",
        arguments: 0..<shapes.count,
        ListingService.Order.allCases
    )
    func folders(shape: Int, order: ListingService.Order) {
        for seed in 0..<8 {
            var random = SeededGenerator(seed: UInt64(seed))
            let pageSize = Int.random(in: 2...12, using: &random)
            let service = ListingService(names(shape, &random), order, pageSize: pageSize)
            let told = told(by: service, folders: true, &random).names
            let wanted = service.names.map { Array($0.utf8) }
            #expect(told.count == wanted.count && Set(told) == Set(wanted), "seed \(seed)")
            let isInOrder = told == wanted
            if order == .bytes { #expect(isInOrder, "seed \(seed)") }
        }
    }

    private enum Long: CaseIterable {
        case flat, tree, numbered

        var names: [String] {
            switch self {
            case .flat: (0..<10_000).map { String($0 * 7919 % 1_000_003, radix: 16) }
            case .tree: (0..<10_000).map { "\($0 % 100)/\($0)" }
            case .numbered: (0..<10_000).map { "data_\(100_000 + $0)" }
            }
        }
    }

    @Test(
        "a long list is asked for many pages at a time, and few in vain",
        arguments: Long.allCases,
        [ListingService.Order.bytes, .folders]
    )
    private func parallel(shape: Long, order: ListingService.Order) {
        var random = SeededGenerator(seed: 1)
        let told = told(by: ListingService(shape.names, order), &random)
        #expect(told.names.count == 10_000)
        #expect(told.mostAtOnce == RangedList.mostConnections)
        #expect(told.requests < 1400)
        #expect(told.joined > 10)
    }

    @Test(
        "a service that does not begin where it is asked to is not asked often",
        arguments: Long.allCases,
        [ListingService.Start.ignored, .empty]
    )
    private func refuted(shape: Long, start: ListingService.Start) {
        var random = SeededGenerator(seed: 1)
        let told = told(by: ListingService(shape.names, .bytes, start), &random)
        #expect(told.names.count == 10_000)
        #expect(told.requests <= 1000 + 2 * RangedList.mostConnections)
    }

    @Test("folders that hold much are asked for at the same time, and those that hold little are not")
    func manyFolders() {
        var random = SeededGenerator(seed: 1)
        let large = told(by: ListingService((0..<10_000).map { "\($0 % 4)/\($0 % 3)/\($0)" }), folders: true, &random)
        #expect(large.mostAtOnce > 4)
        #expect(large.requests < 1100)
        let small = told(by: ListingService((0..<10_000).map { "\($0 / 2)/\($0)" }), folders: true, &random)
        #expect(small.mostAtOnce == 1)
        #expect(small.requests == 1000)
        // A large folder, and behind it any number of small ones.
        let mixed = told(
            by: ListingService((0..<10_000).map { $0 < 50 ? "0/\($0)" : "1\($0)/x" }),
            folders: true,
            &random
        )
        #expect(mixed.requests == 1001)
    }

    @Test("what waits for its turn is bounded, however slowly it is read", arguments: [false, true])
    func bounded(folders: Bool) {
        var random = SeededGenerator(seed: 2)
        let service = ListingService((0..<5000).map { "\($0 % 8)/" + String($0 * 7919 % 1_000_003, radix: 16) })
        let told = told(by: service, folders: folders, waiting: 500, reading: 2, &random)
        #expect(told.names.count == service.names.count)
        #expect(told.mostWaiting <= 2 * 500 + 500 / 8 + RangedList.mostConnections * 10)
    }

    @Test func `a place to begin behind that is refused is not asked for again`() throws {
        let service = ListingService((0..<1000).map { "\($0)" })
        let first = service.page(from: 0)
        var limits = ListLimits()
        limits.toCut = 20
        var list = RangedList(names: first, marker: try #require(first.next), limits)
        var names = first.items.map(\.name)
        var refused = 0
        while !list.isEmpty {
            var requests: [RangedList.Request] = []
            while let request = list.next() { requests.append(request) }
            for request in requests {
                if case .behind = request.place {
                    list.refuse(request)
                    refused += 1
                } else {
                    list.take(service.page(request.place), for: request)
                }
            }
            names += list.told().map(\.name)
        }
        #expect(names.count == service.names.count)
        #expect(refused == 1)
    }
}
