package spec

import (
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// value is a YAML value reduced to what specs use: a scalar, a list or a
// mapping, each with its position.
type value struct {
	Pos
	kind    valueKind
	text    string   // scalars: as written, without quotes
	inner   Pos      // strings: where text itself begins
	items   []*value // lists
	entries []entry  // mappings
	gone    []entry  // mappings: what a patch has removed, where the patch stands
}

// entry is one key of a mapping. A mapping may have a key twice; who reads it
// says so.
type entry struct {
	Pos
	key   string
	odd   bool // the key is no string, which is already reported
	bare  bool // the key stands in braces without a colon, as after a comma in prose
	value *value
}

type valueKind int

const (
	badValue valueKind = iota // a fault already reported; readers keep silent
	nullValue
	stringValue
	booleanValue
	integerValue
	numberValue
	listValue
	mappingValue
)

// String says what a value of the kind is called in a message.
func (k valueKind) String() string {
	return [...]string{"a fault", "null", "a string", "a boolean", "an integer", "a number", "a list", "a mapping"}[k]
}

// scalar tells whether a value of the kind is one word.
func (k valueKind) scalar() bool { return stringValue <= k && k <= numberValue }

// tree reduces a parsed node.
func (l *loader) tree(src *source, n ast.Node, depth int) *value {
	v := &value{Pos: src.nodePos(n)}
	if depth > maxDepth {
		l.reportTooDeep(v.Pos)
		return v
	}
	switch n := n.(type) {
	case *ast.AnchorNode: // reported by checkTokens, like all that follow the value here
		return l.tree(src, n.Value, depth+1)
	case *ast.TagNode:
		if t := l.tree(src, n.Value, depth+1); !t.kind.scalar() {
			return t
		} // else the tag says of what kind it is meant to be
	case *ast.NullNode:
		v.kind = nullValue
	case *ast.BoolNode:
		v.kind, v.text = booleanValue, n.GetToken().Value
	case *ast.IntegerNode:
		v.kind, v.text = integerValue, n.GetToken().Value
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		v.kind, v.text = numberValue, n.GetToken().Value
	case *ast.StringNode:
		v.kind, v.text = stringValue, n.Value
		v.inner = src.inner(v.Pos, v.text)
	case *ast.LiteralNode:
		v.kind, v.text, v.inner = stringValue, n.Value.Value, v.Pos
	case *ast.SequenceNode:
		v.kind = listValue
		for _, item := range n.Values {
			v.items = append(v.items, l.tree(src, item, depth+1))
		}
	case *ast.MappingNode:
		v.kind = mappingValue
		for _, mv := range n.Values {
			l.treeEntry(src, v, mv, depth)
		}
	case *ast.MappingValueNode:
		v.kind = mappingValue
		l.treeEntry(src, v, n, depth)
	}
	return v
}

func (l *loader) treeEntry(src *source, v *value, mv *ast.MappingValueNode, depth int) {
	e := entry{Pos: src.nodePos(mv.Key), value: l.tree(src, mv.Value, depth+1)}
	e.bare = mv.Start != nil && mv.Start.Type != token.MappingValueType
	switch key := mv.Key.(type) {
	case *ast.StringNode:
		e.key = key.Value
	case *ast.NullNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		e.key, e.odd = mv.Key.GetToken().Value, true
		l.report(e.Pos, CodeWrongKind, "the key "+Quote(e.key)+" is not a string", "Put the key into quotes.")
	default:
		return // a merge key, an alias or a complex key, reported by checkTokens
	}
	v.entries = append(v.entries, e)
}

// nodePos returns where a node begins, which for a block mapping is its first
// key.
func (s *source) nodePos(n ast.Node) Pos {
	switch n := n.(type) {
	case nil:
		return s.start()
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return s.nodePos(n.Values[0].Key)
		}
		return s.pos(n.Start)
	case *ast.MappingValueNode:
		return s.nodePos(n.Key)
	case *ast.LiteralNode:
		return s.pos(n.Start)
	default:
		return s.pos(n.GetToken())
	}
}

// inner returns where the text of a string begins, given where the string
// does: behind the quote, if there is one. A text that is not written as it
// reads (escapes, several lines) has no better position than the string's.
func (s *source) inner(at Pos, text string) Pos {
	line := []rune(s.line(at.Line))
	for _, skip := range []int{0, 1} {
		begin := at.Column - 1 + skip
		end := begin + utf8.RuneCountInString(text)
		if end <= len(line) && string(line[begin:end]) == text {
			return Pos{at.File, at.Line, begin + 1}
		}
	}
	return at
}
