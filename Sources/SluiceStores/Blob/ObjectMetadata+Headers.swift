internal import SluiceCore

extension ObjectMetadata {
    /// By the headers of an answer; those that start with `userPrefix` are the user's own pairs. Nil: there are none.
    init(headers: [HTTPRequest.Header], userPrefix: String?) {
        self.init()
        for header in headers {
            let value = HeaderText.decode(header.value)
            switch header.name {
            case "content-type": contentType = value
            case "content-encoding": contentEncoding = value
            case "content-language": contentLanguage = value
            case "content-disposition": contentDisposition = value
            case "cache-control": cacheControl = value
            default:
                guard let userPrefix, let name = header.name.dropping(prefix: userPrefix), !name.isEmpty else {
                    continue
                }
                user[String(name)] = value
            }
        }
    }
}
