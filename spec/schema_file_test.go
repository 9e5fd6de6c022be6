package spec

import (
	"bytes"
	"os"
	"testing"
)

func TestSchemaIsCommitted(t *testing.T) {
	committed, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, Schema()) {
		t.Error("schema.json is not what the keys make; run go generate . in the root of the module")
	}
}
