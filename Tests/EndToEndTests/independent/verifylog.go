// Verifies a log with Go's own transparency-log packages and nothing of jurat's.
//
//	verifylog URL|DIRECTORY VKEY
//
// Checks the checkpoint's signature, every tile against the root, every entry against its tile, and proofs of
// inclusion and consistency: those that a server answers, and for a directory those that follow from its tiles.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type source struct{ base string }

func (s source) isServed() bool { return strings.HasPrefix(s.base, "http://") }

func (s source) read(path string) []byte {
	if !s.isServed() {
		data, err := os.ReadFile(filepath.Join(s.base, path))
		check(err)
		return data
	}
	response, err := http.Get(s.base + "/" + path)
	check(err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != http.StatusOK {
		fail("%s: status %d: %s", path, response.StatusCode, data)
	}
	return data
}

// The tiles of the C2SP layout, which leaves the height out of the path.
func (s source) Height() int { return tileHeight }

func (s source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		all = append(all, s.read(path))
	}
	return all, nil
}

func (s source) SaveTiles([]tlog.Tile, [][]byte) {}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func parseHash(text string) tlog.Hash {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	check(err)
	if len(data) != tlog.HashSize {
		fail("%q is not a hash", text)
	}
	var hash tlog.Hash
	copy(hash[:], data)
	return hash
}

// openCheckpoint verifies a checkpoint note and reads its three lines.
func openCheckpoint(text []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		fail("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	return tlog.Tree{N: size, Hash: parseHash(lines[2])}
}

func entries(s source, size int64) [][]byte {
	var all [][]byte
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/data/", tileHeight), "tile/entries/", 1)
		data := s.read(path)
		for len(data) > 0 {
			if len(data) < 2 || len(data) < 2+int(data[0])<<8+int(data[1]) {
				fail("%s ends inside an entry", path)
			}
			end := 2 + int(data[0])<<8 + int(data[1])
			all = append(all, data[2:end])
			data = data[end:]
		}
	}
	if int64(len(all)) != size {
		fail("%d entries in the bundles; the checkpoint says %d", len(all), size)
	}
	return all
}

// servedInclusion checks the proof text that the server answers for one entry.
func servedInclusion(s source, index int64, leaf []byte, verifier note.Verifier) {
	text := string(s.read(fmt.Sprintf("proof?index=%d", index)))
	head, rest, found := strings.Cut(text, "\n\n")
	if !found {
		fail("the proof of entry %d has no checkpoint", index)
	}
	var proof tlog.RecordProof
	lines := bufio.NewScanner(strings.NewReader(head))
	lines.Buffer(nil, 1<<20)
	var stated string
	for number := 0; lines.Scan(); number++ {
		line := lines.Text()
		switch {
		case number == 0 && line != "c2sp.org/tlog-proof@v1":
			fail("the proof begins with %q", line)
		case number == 0:
		case strings.HasPrefix(line, "extra "):
			extra, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(line, "extra "))
			check(err)
			if string(extra) != string(leaf) {
				fail("the proof of entry %d carries another entry", index)
			}
		case strings.HasPrefix(line, "index "):
			stated = strings.TrimPrefix(line, "index ")
		default:
			proof = append(proof, parseHash(line))
		}
	}
	if stated != strconv.FormatInt(index, 10) {
		fail("asked for entry %d, the proof is of %s", index, stated)
	}
	tree := openCheckpoint([]byte(rest), verifier)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
}

// servedConsistency checks the answer about two sizes; the older root is computed here from the entries.
func servedConsistency(s source, older int64, olderRoot tlog.Hash, tree tlog.Tree, verifier note.Verifier) {
	var answer struct {
		From, To struct {
			Size int64
			Root string
		}
		Hashes []string
		Note   *string
	}
	check(json.Unmarshal(s.read(fmt.Sprintf("consistency?from=%d&to=%d", older, tree.N)), &answer))
	if answer.From.Size != older || answer.To.Size != tree.N || parseHash(answer.To.Root) != tree.Hash ||
		parseHash(answer.From.Root) != olderRoot {
		fail("the consistency answer from %d is about other trees", older)
	}
	if answer.Note != nil && openCheckpoint([]byte(*answer.Note), verifier) != tree {
		fail("the consistency answer from %d carries another checkpoint", older)
	}
	var proof tlog.TreeProof
	for _, text := range answer.Hashes {
		proof = append(proof, parseHash(text))
	}
	if older < tree.N {
		check(tlog.CheckTree(proof, tree.N, tree.Hash, older, olderRoot))
	}
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: verifylog URL|DIRECTORY VKEY")
	}
	s := source{strings.TrimSuffix(os.Args[1], "/")}
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	tree := openCheckpoint(s.read("checkpoint"), verifier)
	// This reader believes no tile that does not lead to the signed root.
	hashes := tlog.TileHashReader(tree, s)
	all := entries(s, tree.N)
	for index, leaf := range all {
		stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
		check(err)
		if stored[0] != tlog.RecordHash(leaf) {
			fail("entry %d differs from its tile", index)
		}
		proof, err := tlog.ProveRecord(tree.N, int64(index), hashes)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(leaf)))
	}
	proofs := 0
	for older := int64(1); older <= tree.N; older++ {
		root, err := tlog.TreeHash(older, hashes)
		check(err)
		if older < tree.N {
			proof, err := tlog.ProveTree(tree.N, older, hashes)
			check(err)
			check(tlog.CheckTree(proof, tree.N, tree.Hash, older, root))
		}
		// A server is asked about a spread of sizes and both edges of a tile.
		if s.isServed() && (older%17 == 0 || older <= 5 || older >= tree.N-2 || (older >= 254 && older <= 258)) {
			servedConsistency(s, older, root, tree, verifier)
			servedInclusion(s, older-1, all[older-1], verifier)
			proofs++
		}
	}
	fmt.Printf("{\"origin\":%q,\"size\":%d,\"proofs\":%d}\n", verifier.Name(), tree.N, proofs)
}
