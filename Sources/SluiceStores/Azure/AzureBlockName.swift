internal import SluiceCore

/// Names for the blocks of a run: all of one length, as the service wants them, and different from every other run's, so
/// that two runs that put the same blob never mix their blocks.
struct AzureBlockName: Sendable {
    /// The base64 of 18 random bytes. A run that goes on with another's blocks names the rest of them alike.
    private let prefix: String

    init() {
        var random = SystemRandomNumberGenerator()
        self.init(nonce: (0..<18).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    init(nonce: [UInt8]) {
        precondition(nonce.count == 18, "18 bytes are 24 characters of base64 without padding")
        prefix = Base64.encode(nonce)
    }

    /// As a ticket keeps it.
    var ticket: UploadTicket { UploadTicket(bytes: Array(prefix.utf8)) }

    /// Nil for what no ticket keeps.
    init?(_ ticket: UploadTicket) {
        guard let nonce = Base64.decode(String(decoding: ticket.bytes, as: UTF8.self)), nonce.count == 18 else {
            return nil
        }
        self.init(nonce: nonce)
    }

    /// The base64 of the nonce and the ordinal in three bytes: 21 of the 64 bytes that a name may have.
    func name(_ ordinal: Int) -> String {
        let bytes = [16, 8, 0].map { UInt8(truncatingIfNeeded: ordinal >> $0) }
        return prefix + Base64.encode(bytes)
    }

    /// The ordinal that is in a name; nil for a block of another run.
    func ordinal(of name: String) -> Int? {
        guard name.hasPrefix(prefix), let bytes = Base64.decode(String(name.dropFirst(prefix.count))), bytes.count == 3
        else { return nil }
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
