import FoundationEssentials
import Glibc
import Testing

@testable import SluiceJobs

@Suite struct CatalogueTests {
    private static let catalogue = Catalogue.standard
    private static let folder = JobFixture.root + "/Sources/SluiceJobs"

    private static var shapes: [Shape] {
        catalogue.shapes + catalogue.families.flatMap { $0.variants.compactMap(\.shape) }
    }

    private static func names(_ kind: PropertyKind) -> (shapes: [String], families: [String]) {
        switch kind {
        case .object(let name): ([name], [])
        case .variant(let name): ([], [name])
        case .list(let kind), .map(let kind): names(kind)
        default: ([], [])
        }
    }

    @Test("every shape and family that a property names is there, once")
    func names() {
        let shapes = CatalogueTests.catalogue.shapes.map(\.name)
        let families = CatalogueTests.catalogue.families.map(\.name)
        #expect(Set(shapes).count == shapes.count)
        #expect(Set(families).count == families.count)
        for shape in CatalogueTests.shapes {
            for property in shape.properties {
                let named = CatalogueTests.names(property.kind)
                #expect(named.shapes.allSatisfy(shapes.contains), "\(shape.name).\(property.name)")
                #expect(named.families.allSatisfy(families.contains), "\(shape.name).\(property.name)")
            }
        }
    }

    @Test("no name has two meanings in one place")
    func uniqueness() {
        for shape in CatalogueTests.shapes {
            let names = shape.properties.flatMap { [$0.name] + $0.aliases }
            #expect(Set(names).count == names.count, "\(shape.name): \(names)")
            // The schema has no way to say that one of two names is required.
            #expect(shape.properties.allSatisfy { !$0.isRequired || $0.aliases.isEmpty }, "\(shape.name)")
        }
        for family in CatalogueTests.catalogue.families {
            let names = family.variants.flatMap { [$0.name] + $0.aliases }.map { $0.lowercased() }
            #expect(Set(names).count == names.count, "\(family.name): \(names)")
        }
    }

    @Test(
        "the page of properties and the schema are what the code says; SLUICE_WRITE_PAGES=1 writes them anew",
        arguments: ["PROPERTIES.md", "job.schema.json"]
    )
    func pages(name: String) throws {
        let text = name.hasSuffix(".md") ? PropertyPage().text : JobSchema().text
        let path = CatalogueTests.folder + "/" + name
        if getenv("SLUICE_WRITE_PAGES") != nil { try text.write(toFile: path, atomically: true, encoding: .utf8) }
        let kept = try String(contentsOfFile: path, encoding: .utf8)
        #expect(kept == text, "\(name) is not what the code says: run this test with SLUICE_WRITE_PAGES=1")
    }

    @Test("every reference in the schema leads somewhere")
    func schema() throws {
        let schema = try JSONParser.document(Array(JobSchema().text.utf8))
        let known = Set(schema["$defs"]?.members.map { "#/$defs/\($0.name)" } ?? [])
        func references(_ node: JSONNode) -> [String] {
            node.members.flatMap { $0.name == "$ref" ? [$0.value.text ?? ""] : references($0.value) }
                + node.elements.flatMap(references)
        }
        let used = Set(references(schema))
        #expect(used.subtracting(known).isEmpty)
        #expect(known.subtracting(used).isEmpty)
        #expect(used.count > 80)
    }
}
