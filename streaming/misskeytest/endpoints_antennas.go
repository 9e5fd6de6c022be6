package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var antennaEndpoints = []*endpoint{
	{name: "antennas/create", credential: true, permission: "write:account", params: antennaParams(
		"name", "src", "keywords", "excludeKeywords", "users", "caseSensitive", "withReplies", "withFile",
	), run: createAntenna},
	{name: "antennas/update", credential: true, permission: "write:account",
		params: append(antennaParams(), oneAntenna[0]), run: updateAntenna},
	{name: "antennas/delete", credential: true, permission: "write:account", params: oneAntenna, run: deleteAntenna},
	{name: "antennas/show", credential: true, permission: "read:account", params: oneAntenna, run: showAntenna},
	{name: "antennas/list", credential: true, permission: "read:account", run: listAntennas},
}

var oneAntenna = schema{{name: "antennaId", kind: anID, required: true}}

// antennaParams are the params of an antenna, with those that have to be there.
func antennaParams(required ...string) schema {
	words := &param{kind: someTexts}
	s := schema{
		{name: "name", kind: aText, min: 1, max: 100},
		{name: "src", kind: aText, oneOf: []string{"home", "all", "users", "list", "users_blacklist"}},
		{name: "userListId", kind: anID, nullable: true},
		{name: "keywords", kind: aList, each: words},
		{name: "excludeKeywords", kind: aList, each: words},
		{name: "users", kind: someTexts},
		{name: "caseSensitive", kind: aBoolean},
		{name: "localOnly", kind: aBoolean},
		{name: "excludeBots", kind: aBoolean},
		{name: "withReplies", kind: aBoolean},
		{name: "withFile", kind: aBoolean},
		{name: "excludeNotesInSensitiveChannel", kind: aBoolean},
	}
	for _, name := range required {
		for i := range s {
			s[i].required = s[i].required || s[i].name == name
		}
	}
	return s
}

// antennaRefusals are one endpoint's.
type antennaRefusals struct{ noList, noKeyword *apiError }

var (
	errTooManyAntennas     = refusal("TOO_MANY_ANTENNAS", "faf47050-e8b5-438c-913c-db2b1576fde4", "You cannot create antenna any more.")
	errNoSuchAntennaUpdate = refusal("NO_SUCH_ANTENNA", "10c673ac-8852-48eb-aa1f-f5b67f069290", "No such antenna.")
	errNoSuchAntennaDelete = refusal("NO_SUCH_ANTENNA", "b34dcf9d-348f-44bb-99d0-6c9314cfe2df", "No such antenna.")
	errNoSuchAntennaShow   = refusal("NO_SUCH_ANTENNA", "c06569fb-b025-4f23-b22d-1fcd20d2816b", "No such antenna.")

	antennaCreateRefusals = antennaRefusals{
		noList:    refusal("NO_SUCH_USER_LIST", "95063e93-a283-4b8b-9aa5-bcdb8df69a7f", "No such user list."),
		noKeyword: refusal("EMPTY_KEYWORD", "53ee222e-1ddd-4f9a-92e5-9fb82ddb463a", "Either keywords or excludeKeywords is required."),
	}
	antennaUpdateRefusals = antennaRefusals{
		noList:    refusal("NO_SUCH_USER_LIST", "1c6b35c9-943e-48c2-81e4-2844989407f7", "No such user list."),
		noKeyword: refusal("EMPTY_KEYWORD", "721aaff6-4e1b-4d88-8de6-877fae9f68c4", "Either keywords or excludeKeywords is required."),
	}
)

// antenna finds an antenna of the caller's; nil is none.
func (r *request) antenna() *Antenna {
	a, ok := r.server.antennas.get(misskey.AntennaID(r.text("antennaId")))
	if !ok || a.owner != r.user {
		return nil
	}
	return a
}

// antennaSetting changes what the params name.
func (r *request) antennaSetting(set antennaSetting, refuse antennaRefusals) (antennaSetting, *apiError) {
	groups := func(name string, into *[][]string) {
		if raw, given := r.params[name]; given {
			*into = nil
			_ = json.Unmarshal(raw, into) // checked
		}
	}
	flag := func(name string, into *bool) { *into = r.boolean(name, *into) }

	if name, given := r.params.text("name"); given {
		set.name = name
	}
	if source, given := r.params.text("src"); given {
		set.source = misskey.AntennaSource(source)
	}
	groups("keywords", &set.keywords)
	groups("excludeKeywords", &set.excluded)
	if _, given := r.params["users"]; given {
		set.users = r.texts("users")
	}
	flag("caseSensitive", &set.caseSensitive)
	flag("localOnly", &set.localOnly)
	flag("excludeBots", &set.withoutBots)
	flag("withReplies", &set.withReplies)
	flag("withFile", &set.withFile)
	flag("excludeNotesInSensitiveChannel", &set.withoutSensitive)

	if len(meaningful(set.keywords)) == 0 && len(meaningful(set.excluded)) == 0 {
		return set, refuse.noKeyword
	}
	if set.source != misskey.AntennaSourceList {
		return set, nil
	}
	if id, given := r.params.text("userListId"); given {
		l, ok := r.server.lists.get(misskey.UserListID(id))
		if !ok || l.owner != r.user {
			return set, refuse.noList
		}
		set.list = l
	}
	return set, nil
}

func (r *request) antennas() []*Antenna {
	var mine []*Antenna
	for _, a := range r.server.antennas.all {
		if a.owner == r.user {
			mine = append(mine, a)
		}
	}
	return mine
}

func createAntenna(r *request) (any, *apiError) {
	set, refused := r.antennaSetting(antennaSetting{}, antennaCreateRefusals)
	switch {
	case refused != nil:
		return nil, refused
	case int64(len(r.antennas())) >= r.server.policiesOf(r.user).AntennaLimit:
		return nil, errTooManyAntennas
	}
	a := &Antenna{owner: r.user, setting: set}
	r.server.addAntenna(a)
	return packAntenna(a), nil
}

func updateAntenna(r *request) (any, *apiError) {
	a := r.antenna()
	if a == nil {
		return nil, errNoSuchAntennaUpdate
	}
	set, refused := r.antennaSetting(a.setting, antennaUpdateRefusals)
	if refused != nil {
		return nil, refused
	}
	a.setting = set
	return packAntenna(a), nil
}

func deleteAntenna(r *request) (any, *apiError) {
	a := r.antenna()
	if a == nil {
		return nil, errNoSuchAntennaDelete
	}
	r.server.antennas.remove(a.ID)
	return nil, nil
}

func showAntenna(r *request) (any, *apiError) {
	a := r.antenna()
	if a == nil {
		return nil, errNoSuchAntennaShow
	}
	return packAntenna(a), nil
}

func listAntennas(r *request) (any, *apiError) {
	list := []misskey.Antenna{}
	for _, a := range r.antennas() {
		list = append(list, packAntenna(a))
	}
	return list, nil
}

func packAntenna(a *Antenna) misskey.Antenna {
	set := a.setting
	m := misskey.Antenna{
		ID:              a.ID,
		CreatedAt:       a.created,
		Name:            set.name,
		Keywords:        set.keywords,
		ExcludeKeywords: set.excluded,
		Src:             set.source,
		UserListID:      opt.Null[misskey.UserListID](),
		Users:           set.users,
		CaseSensitive:   set.caseSensitive,
		LocalOnly:       set.localOnly,
		ExcludeBots:     set.withoutBots,
		WithReplies:     set.withReplies,
		WithFile:        set.withFile,
		IsActive:        true,

		ExcludeNotesInSensitiveChannel: set.withoutSensitive,
	}
	if set.list != nil {
		m.UserListID = opt.Of(set.list.ID)
	}
	return m
}
