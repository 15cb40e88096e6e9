@main struct Entry { static func main() { print("jurat") } }
