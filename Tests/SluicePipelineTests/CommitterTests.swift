import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

private func receipt(_ ordinal: Int) -> BlockReceipt { BlockReceipt(ordinal: ordinal, length: 1, checksum: nil, tag: "\(ordinal)") }

@Suite struct CommitterTests {
    @Test("blocks that come before the upload has begun are kept back, and committed in their order")
    func blocks() {
        var committer = Committer()
        committer.add()
        committer.add()
        #expect(committer.blockReady() == .begin)
        #expect(committer.blockReady() == .none)
        #expect(!committer.isReleased)
        #expect(committer.begun() == .release)
        #expect(committer.isReleased)
        committer.blockSent()
        committer.blockSent()
        #expect(committer.confirmed(receipt(1)) == .none)
        #expect(committer.sourceEnded(blocks: 2) == .none)
        #expect(committer.confirmed(receipt(0)) == .commit([receipt(0), receipt(1)]))
        #expect(committer.committed() == .end)
        #expect(committer.failure == nil)
    }

    @Test("an object whose blocks were all put before needs only its commit")
    func resumedWhole() {
        var committer = Committer(resuming: [receipt(1), receipt(0)])
        #expect(committer.isReleased && !committer.isClosed)
        #expect(committer.sourceEnded(blocks: 2) == .commit([receipt(0), receipt(1)]))
        #expect(committer.committed() == .end)
        #expect(committer.isClosed)
    }

    @Test("blocks that are put now stand beside those that were put before")
    func resumedInPart() {
        var committer = Committer(resuming: [receipt(0), receipt(2)])
        #expect(committer.sourceEnded(blocks: 3) == .none)
        committer.add()
        committer.blockSent()
        #expect(committer.confirmed(receipt(1)) == .commit([receipt(0), receipt(1), receipt(2)]))
    }

    @Test(
        "an upload is left open for a passing failure only, and only where it may be",
        arguments: FailureKind.allCases
    )
    func leaving(kind: FailureKind) {
        for mayLeave in [true, false] {
            var committer = Committer(mayLeave: mayLeave)
            committer.add()
            committer.add()
            _ = committer.blockReady()
            _ = committer.begun()
            committer.blockSent()
            #expect(committer.failed(Broken(kind)) == .none)
            let isLeft = mayLeave && [.transient, .throttled, .cancelled, .forbidden].contains(kind)
            // The block that is with the sink is waited for in either case.
            #expect(committer.confirmed(receipt(0)) == (isLeft ? .end : .abort), "\(kind) \(mayLeave)")
            if !isLeft { #expect(committer.aborted() == .end) }
            #expect(committer.isClosed == !isLeft)
        }
    }

    @Test("a commit that is confirmed after the run was cancelled counts")
    func lateCommit() {
        var committer = Committer()
        committer.add()
        _ = committer.blockReady()
        _ = committer.begun()
        committer.blockSent()
        _ = committer.sourceEnded(blocks: 1)
        #expect(committer.confirmed(receipt(0)) == .commit([receipt(0)]))
        #expect(committer.fail(Cancelled()) == .none)
        #expect(committer.committed() == .end)
        #expect(committer.failure == nil)
    }

    @Test("an object in one request needs neither begin nor commit")
    func whole() {
        var committer = Committer()
        committer.add()
        committer.goesWhole()
        #expect(committer.isWhole)
        #expect(committer.wholeConfirmed() == .end)
    }

    @Test("a failure before anything was begun ends the item at once")
    func earlyFailure() {
        var committer = Committer()
        committer.add()
        #expect(committer.failed(Broken(.sourceVanished)) == .end)
        #expect(committer.failure?.kind == .sourceVanished)
    }

    @Test("an upload that can't begin is not aborted")
    func beginFails() {
        var committer = Committer()
        committer.add()
        #expect(committer.blockReady() == .begin)
        #expect(committer.beginFailed(Broken(.forbidden)) == .none)
        #expect(committer.remove() == .end)
    }

    @Test("a chunk that fails while the upload begins has it aborted when it has begun")
    func failureWhileBeginning() {
        var committer = Committer()
        committer.add()
        committer.add()
        #expect(committer.blockReady() == .begin)
        #expect(committer.failed(Broken(.sourceChanged)) == .none)
        #expect(committer.remove() == .none)
        #expect(committer.begun() == .abort)
        #expect(committer.aborted() == .end)
    }

    @Test("the abort waits for blocks under way, and not for chunks that are still read")
    func stuckChunk() {
        var committer = Committer()
        committer.add()
        committer.add()
        _ = committer.blockReady()
        _ = committer.begun()
        committer.blockSent()
        #expect(committer.fail(Cancelled()) == .none)
        #expect(committer.blockFailed(Cancelled()) == .abort)
        #expect(committer.aborted() == .none)
        #expect(committer.remove() == .end)
    }

    @Test("a commit that failed is followed by an abort")
    func commitFails() {
        var committer = Committer()
        committer.add()
        _ = committer.blockReady()
        _ = committer.begun()
        committer.blockSent()
        #expect(committer.sourceEnded(blocks: 1) == .none)
        #expect(committer.confirmed(receipt(0)) == .commit([receipt(0)]))
        #expect(committer.commitFailed(Broken(.precondition)) == .abort)
        #expect(committer.aborted() == .end)
        #expect(committer.failure?.kind == .precondition)
    }

    @Test("the first failure is the one that is told")
    func firstFailure() {
        var committer = Committer()
        committer.add()
        committer.add()
        _ = committer.failed(Broken(.noSpace))
        _ = committer.failed(Broken(.transient))
        #expect(committer.failure?.kind == .noSpace)
    }

    @Test("what is said after the end changes nothing")
    func afterTheEnd() {
        var committer = Committer()
        #expect(committer.fail(Cancelled()) == .end)
        #expect(committer.fail(Cancelled()) == .none)
        #expect(committer.sourceEnded(blocks: 3) == .none)
    }
}
