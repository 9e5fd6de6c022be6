package main

import (
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// BenchmarkGeneration generates upstream's bindings and entities into an empty
// directory, as the command does, and lists this module's packages in the same
// round. The metric generation/golist is what the first takes of the time of
// the second: below 1, who waits for Go does not wait for the generator.
func BenchmarkGeneration(b *testing.B) {
	b.Chdir(b.TempDir())
	if err := os.WriteFile("go.mod", []byte("module example.org/bot\n\ngo 1.26\n"), 0o666); err != nil {
		b.Fatal(err)
	}
	list := func() {
		c := exec.Command("go", "list", "-deps", "./...")
		c.Dir = root
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
	}
	list() // fills its cache
	var generating, listing time.Duration
	for b.Loop() {
		begin := time.Now()
		if exit := run([]string{"generate", "-spec", "misskey", "-out", "bot"}, nil, io.Discard, io.Discard, func(string) string { return "" }); exit != exitOK {
			b.Fatalf("generate exits with %d", exit)
		}
		generating += time.Since(begin)
		begin = time.Now()
		list()
		listing += time.Since(begin)
		if err := os.RemoveAll("bot"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(generating.Seconds()/listing.Seconds(), "generation/golist")
	b.ReportMetric(1000*generating.Seconds()/float64(b.N), "generation-ms/op")
	b.ReportMetric(1000*listing.Seconds()/float64(b.N), "golist-ms/op")
}
