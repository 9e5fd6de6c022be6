package spec

import (
	"slices"
	"strings"
)

// edge is a way from one node of a graph to another, and where it is written.
type edge[N any] struct {
	pos Pos
	to  *N
}

// cycles walks a graph depth first, calls found once for each way that closes
// a circle, with the nodes on it in order, and returns all nodes from which a
// circle can be reached.
func cycles[N any](nodes []*N, edges func(*N) []edge[N], found func(pos Pos, round []*N)) map[*N]bool {
	const open, done = 1, 2
	state := map[*N]int{}
	cyclic := map[*N]bool{}
	var path []*N
	var visit func(*N)
	visit = func(n *N) {
		state[n] = open
		path = append(path, n)
		for _, e := range edges(n) {
			if e.to == nil {
				continue
			}
			switch state[e.to] {
			case open:
				cyclic[n] = true
				found(e.pos, append(slices.Clone(path[slices.Index(path, e.to):]), e.to))
			case 0:
				visit(e.to)
			}
			if cyclic[e.to] {
				cyclic[n] = true
			}
		}
		path = path[:len(path)-1]
		state[n] = done
	}
	for _, n := range nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
	return cyclic
}

// along returns where the edges of a circle are written.
func along[N any](round []*N, edges func(*N) []edge[N]) []Pos {
	var written []Pos
	for i, n := range round[:len(round)-1] {
		for _, e := range edges(n) {
			if e.to == round[i+1] {
				written = append(written, e.pos)
			}
		}
	}
	return written
}

// way writes a circle as a chain of names, the middle of a long one left out.
func way[N any](round []*N, name func(*N) string) string {
	const most = 8
	names := make([]string, len(round))
	for i, n := range round {
		names[i] = name(n)
	}
	if len(names) > most {
		names = append(append(names[:most-2:most-2], "…"), names[len(names)-1])
	}
	return strings.Join(names, " → ")
}
