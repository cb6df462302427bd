internal import SluiceCommands

@main
enum Sluice {
    static func main() { Program.main() }
}
