package spec

// heritage finds members that a node gets from two places: its own and its
// parents', or two parents'. It serves the embeds of objects and the includes
// of event sets.
type heritage[N any] struct {
	parents func(*N) []edge[N]
	own     func(*N) []member
	// clash is told that a member, which comes to n at this position, has
	// the name of one declared at first, which came before. When it is the very
	// same member, come by another way, clash is told once for that way.
	clash func(n *N, at Pos, m member, first Pos, same bool)
}

// member is an event or a field, known by where it is declared.
type member struct {
	name string
	pos  Pos
}

// check looks at all nodes but the cyclic ones.
func (h heritage[N]) check(nodes []*N, cyclic map[*N]bool) {
	known := map[*N][]member{}
	var gather func(*N) []member
	gather = func(n *N) []member {
		if members, done := known[n]; done || cyclic[n] {
			return members
		}
		var all []member
		first := map[string]Pos{}
		for _, parent := range h.parents(n) {
			if parent.to == nil {
				continue
			}
			sameTold := false
			for _, m := range gather(parent.to) {
				at, taken := first[m.name]
				if !taken {
					first[m.name] = m.pos
					all = append(all, m)
					continue
				}
				same := at == m.pos
				if !same || !sameTold {
					h.clash(n, parent.pos, m, at, same)
				}
				sameTold = sameTold || same
			}
		}
		for _, m := range h.own(n) {
			if at, taken := first[m.name]; taken {
				h.clash(n, m.pos, m, at, false)
				continue
			}
			all = append(all, m)
		}
		known[n] = all
		return all
	}
	for _, n := range nodes {
		gather(n)
	}
}
