package import SluiceCore

/// Sends single requests and waits for their answers: what listings, probes and token endpoints need.
package protocol HTTPExchange: Sendable {
    /// Sends a request whose body is none or bytes, and blocks until the answer is whole.
    ///
    /// - Parameter bodyLimit: how much of the answer's body is kept; the rest fails the exchange.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `StoreError` where no answer came.
    func send(_ request: HTTPRequest, bodyLimit: ByteCount) throws -> HTTPResponse
}
