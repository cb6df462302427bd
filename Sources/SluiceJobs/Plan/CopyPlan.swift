package import SluiceCore

/// What a copy activity asks for, computed: values that the engine's `CopySpecification` is made of.
package struct CopyPlan: Sendable {
    package enum Source: Sendable {
        case objects(ObjectSourcePlan)
        case table(TableSourcePlan)
    }

    package enum Sink: Sendable {
        case objects(ObjectSinkPlan)
        case table(TableSinkPlan)
    }

    package var source: Source
    package var sink: Sink
    package var staging: StagingPlan?
    package var mapping = MappingPlan.byName
    /// Whether a value may lose what does not fit.
    package var allowsTruncation = false
    package var takesBooleansAsNumbers = false
    /// Columns with the same value in every row; `$$FILEPATH` is the file that a row comes from.
    package var additions: [NamedValue] = []
    /// Connections to the sink at most; nil where that is found out.
    package var connections: Int?
    /// Whether everything is read back and compared, beside the digests of blocks.
    package var readsBack = false
    package var tolerance = TolerancePlan()
    package var log: LogPlan?
    package var preserved: Set<Preserved> = []

    /// What is in the document and has no effect on this copy, each in a sentence.
    package var notes: [String] {
        guard case .objects = source, case .objects(let sink) = sink, sink.fileExtension != nil else { return [] }
        return [
            "\"fileExtension\" has no effect: files keep the names that they have, with the ending of what they become"
        ]
    }

    /// What files keep: as the engine has them.
    package enum Preserved: String, Sendable, CaseIterable {
        case metadata, mode, owner, times
    }
}

/// A name and a value.
package struct NamedValue: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A store, and how it is reached.
package struct StorePlan: Sendable, Hashable {
    /// The linked service's name.
    package var service: String
    package var location: Location
    /// The service, where it is not the public cloud's.
    package var endpoint: HTTPAddress?
    package var credential = CredentialPlan.environment
    /// Headers beside those of the protocol.
    package var headers: [NamedValue] = []
}

/// By what it is proven who asks.
package enum CredentialPlan: Sendable, Hashable {
    /// The document names none: the environment's.
    case environment
    case anonymous
    case azureKey(Concealed)
    /// A signature, without a question mark.
    case azureSignature(Concealed)
    case azurePrincipal(tenant: String, client: String, secret: Concealed)
    case aws(key: String, secret: Concealed, token: Concealed?)
    case password(user: String, Concealed)
    /// Headers that prove it.
    case headers([String: Concealed])
}

/// A text that is shown nowhere.
package struct Concealed: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What files hold.
package struct FormatPlan: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case binary
        case delimited(DelimitedPlan)
        /// - isArray: whether one array is written, rather than an object a line; readers see it by themselves.
        case json(encoding: String?, isArray: Bool)
        case parquet
    }

    package var kind: Kind
    /// `gzip`, `deflate`, `bzip2`, `lz4`, `zstd`, and for Parquet `snappy`; nil for none.
    package var codec: String?
    package var isFastest = false
}

/// How delimited text stands, where ADF's defaults are filled in.
package struct DelimitedPlan: Sendable, Hashable {
    package var delimiter = ","
    /// Nil to read any of CR LF, LF and CR, and to write LF.
    package var rowDelimiter: String?
    /// Nil for none.
    package var quote: String? = "\""
    /// The quote itself where quotes are doubled; nil for none.
    package var escape: String? = "\\"
    package var hasHeader = false
    package var null = ""
    package var encoding: String?
    package var skippedLines = 0
    package var quotesAll = false
}

/// Files or objects to read.
package struct ObjectSourcePlan: Sendable, Hashable {
    package var store: StorePlan
    package var selection = SelectionPlan()
    package var format: FormatPlan
    package var deletesAfterCopy = false
    /// Columns of rows that names of folders such as `year=2026` are; nil where they are none.
    package var folderColumns: FolderColumnsPlan?
    package var connections: Int?
    package var requestTimeout: Duration?
}

/// What names of folders tell of the rows in their files.
package struct FolderColumnsPlan: Sendable, Hashable {
    /// Those of folders that all files are in.
    package var fixed: [NamedValue] = []
    /// The folder below which others are, relative to the source.
    package var below = ""
}

/// Which of them are taken.
package struct SelectionPlan: Sendable, Hashable {
    /// Patterns of names relative to the source, as `--include` takes them; none for all.
    package var includes: [String] = []
    package var modifiedFrom: Timestamp?
    package var modifiedBefore: Timestamp?
    package var recursive = true
    /// A file that names those to take, one a line.
    package var filesFrom: Location?
}

/// Rows to read.
package struct TableSourcePlan: Sendable, Hashable {
    package enum Partitions: Sendable, Hashable {
        /// The database's own division.
        case physical
        case ranges(column: String)
    }

    package enum Rows: Sendable, Hashable {
        case table(String)
        case query(String)
    }

    package var store: StorePlan
    package var rows: Rows
    package var partitions: Partitions?
    /// The column that says which rows are new; nil where nothing does.
    package var watermarkColumn: String?
    /// Nil for as many as the table's size asks for.
    package var partitionCount: Int?
    package var queryTimeout: Duration?
    package var connections: Int?
}

/// Files or objects to write.
package struct ObjectSinkPlan: Sendable, Hashable {
    package enum Layout: String, Sendable {
        case preserve, flatten, merge
    }

    package var store: StorePlan
    package var format: FormatPlan
    package var layout = Layout.preserve
    package var blockSize: ByteCount?
    /// Pairs that each object gets.
    package var metadata: [NamedValue] = []
    package var mostRowsPerFile: Int?
    package var filePrefix: String?
    package var fileExtension: String?
    package var requestTimeout: Duration?
}

/// A table to write.
package struct TableSinkPlan: Sendable, Hashable {
    package var store: StorePlan
    package var table: String
    /// Statements before the first row.
    package var before: [String] = []
    package var createsTable = false
    /// Columns by which a row replaces the one that is there.
    package var keys: [String] = []
    package var batchRows: Int?
    package var batchTimeout: Duration?
}

/// Where a staged copy stages.
package struct StagingPlan: Sendable, Hashable {
    package var store: StorePlan
    package var compresses = false
    /// The statement by which the sink's database fetches staged objects.
    package var loadStatement: String?
}

/// Which column goes where.
package enum MappingPlan: Sendable, Hashable {
    case byName
    /// A source's column is a name, or `#2` for the second one; so is a sink's.
    case explicit([Pair])

    package struct Pair: Sendable, Hashable {
        package let source: String
        package let sink: String

        package init(source: String, sink: String) {
            self.source = source
            self.sink = sink
        }
    }
}

/// What is skipped rather than fails.
package struct TolerancePlan: Sendable, Hashable {
    package var skipsMissing = true
    package var skipsForbidden = false
    package var skipsInconsistent = false
    package var skipsInvalidNames = false
    package var skipsBadRows = false
    /// The folder that keeps skipped rows.
    package var badRows: StorePlan?
}

/// The log of a copy.
package struct LogPlan: Sendable, Hashable {
    /// The folder that it is in.
    package var store: StorePlan
    /// Whether everything is told, rather than what was skipped.
    package var tellsAll = false
    /// Whether each line is kept before the copy goes on.
    package var isReliable = false
}
