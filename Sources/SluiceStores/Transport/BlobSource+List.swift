internal import SluiceCore

extension BlobSource {
    /// Hands all pages of the location's list to `body`, in order: where there is more than one, several are asked for
    /// at the same time.
    func listPages(_ body: ([SourceItem]) throws -> Void) throws {
        var marker: String?
        repeat {
            let page = try page(at: marker)
            marker = page.next
            guard let next = marker, let last = page.items.last else {
                try body(page.items)
                continue
            }
            if dialect.listMarker(behind: last.name) != nil {
                try body(page.items)
                return try list(RangedList(names: page, marker: next, listing), body)
            }
            if dialect.listMarker(below: "") != nil { return try list(RangedList(folders: page, listing), body) }
            try body(page.items)
        } while marker != nil
    }

    private func list(_ list: RangedList, _ body: ([SourceItem]) throws -> Void) throws {
        try ParallelList(list) { place in
            switch place {
            case .marker(let marker): try page(at: marker)
            case .behind(let name): try page(at: dialect.listMarker(behind: name))
            case .below(let folder): try page(at: dialect.listMarker(below: folder))
            case .folders(let folder): try page(at: dialect.listMarker(foldersOf: folder))
            }
        }.run(body)
    }

    /// One page of the list; blocks.
    private func page(at marker: String?) throws -> ListPage {
        let response = try BlobSource.answer(client, dialect, name: nil) {
            guard let request = try dialect.listRequest(marker: marker, now: .now) else {
                throw StoreError(.usage, "\(location) can't be listed", advice: "Give the address of one object")
            }
            return request
        }
        guard response.isSuccess else { throw dialect.failure(response, name: nil, now: .now) }
        return try dialect.listPage(response, at: marker, now: .now)
    }
}
