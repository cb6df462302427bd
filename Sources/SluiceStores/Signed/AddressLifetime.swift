internal import SluiceCore

/// How long a signed address holds: 1 s to 7 days, in whole seconds.
package struct AddressLifetime: Sendable, Hashable {
    package let seconds: Int64

    /// S3 takes no longer one (Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters",
    /// `X-Amz-Expires`), and neither does a key that Azure gives for an application's signatures.
    package static let longest = Duration.seconds(7 * 24 * 3600)

    /// - Parameter duration: a fraction of a second is left out.
    /// - Throws: a `StoreError` of kind `.usage` for less than a second and more than seven days.
    package init(_ duration: Duration) throws(StoreError) {
        guard duration >= .seconds(1), duration <= AddressLifetime.longest else {
            throw StoreError(
                .usage,
                "a signed address can't hold for \(duration)",
                advice: "Choose between 1 second and 7 days"
            )
        }
        seconds = duration.components.seconds
    }
}
