package misskeytest

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var pageEndpoints = []*endpoint{
	{name: "pages/create", credential: true, permission: "write:pages",
		params: append(pageParams(true), pageLooks...), run: createPage},
	{name: "pages/update", credential: true, permission: "write:pages",
		params: slices.Concat(onePage, pageParams(false), pageLooks), run: updatePage},
	{name: "pages/delete", credential: true, permission: "write:pages", params: onePage, run: deletePage},
	{name: "pages/show", params: schema{
		{name: "pageId", kind: anID},
		{name: "name", kind: aText},
		{name: "username", kind: aText},
	}, run: showPage},
	{name: "i/pages", credential: true, permission: "read:pages", params: paging, run: listOwnPages},
	{name: "page-push", credential: true, secure: true,
		params: append(onePage[:1:1],
			param{name: "event", kind: aText, required: true},
			param{name: "var", kind: anything},
		), run: pushPage},
}

var onePage = schema{{name: "pageId", kind: anID, required: true}}

// pageParams are what a new page has to have.
func pageParams(required bool) schema {
	return schema{
		{name: "title", kind: aText, required: required},
		{name: "name", kind: aText, required: required, min: 1, max: 256},
		{name: "content", kind: aList, required: required, each: &param{kind: anObject}},
		{name: "variables", kind: aList, required: required, each: &param{kind: anObject}},
		{name: "script", kind: aText, required: required},
	}
}

var pageLooks = schema{
	{name: "summary", kind: aText, nullable: true},
	{name: "eyeCatchingImageId", kind: anID, nullable: true},
	{name: "font", kind: aText, oneOf: []string{"serif", "sans-serif"}},
	{name: "alignCenter", kind: aBoolean},
	{name: "hideTitleWhenPinned", kind: aBoolean},
}

var (
	errNoSuchFileOfPage       = refusal("NO_SUCH_FILE", "b7b97489-0f66-4b12-a5ff-b21bd63f6e1c", "No such file.")
	errPageNameExists         = refusal("NAME_ALREADY_EXISTS", "4650348e-301c-499a-83c9-6aa988c66bc1", "Specified name already exists.")
	errNoSuchPageUpdate       = refusal("NO_SUCH_PAGE", "21149b9e-3616-4778-9592-c4ce89f5a864", "No such page.")
	errUpdatePageOfOthers     = refusal("ACCESS_DENIED", "3c15cd52-3b4b-4274-967d-6456fc4f792b", "Access denied.")
	errNoSuchFileOfPageUpdate = refusal("NO_SUCH_FILE", "cfc23c7c-3887-490e-af30-0ed576703c82", "No such file.")
	errPageNameExistsUpdate   = refusal("NAME_ALREADY_EXISTS", "2298a392-d4a1-44c5-9ebb-ac1aeaa5a9ab", "Specified name already exists.")
	errNoSuchPageDelete       = refusal("NO_SUCH_PAGE", "eb0c6e1d-d519-4764-9486-52a7e1c6392a", "No such page.")
	errDeletePageOfOthers     = refusal("ACCESS_DENIED", "8b741b3e-2c22-44b3-a15f-29949aa1601e", "Access denied.")
	errNoSuchPageShow         = refusal("NO_SUCH_PAGE", "222120c0-3ead-4528-811b-b96f233388d7", "No such page.")
	errNoSuchPagePush         = refusal("NO_SUCH_PAGE", "4a13ad31-6729-46b4-b9af-e86b265c2e74", "No such page.")
)

// pageName is what may stand in an address.
var pageName = regexp.MustCompile(`^[^\s:/?#\[\]@!$&'()*+,;=\\%]+$`)

// fillPage puts the params that are given into a page.
func (r *request) fillPage(p *misskey.Page, noSuchFile *apiError) *apiError {
	if name, given := r.params.text("name"); given && !pageName.MatchString(name) {
		return invalidParam("#/properties/name/pattern", "must match pattern of a page's name")
	}
	if id, given := r.params.text("eyeCatchingImageId"); given {
		if _, ok := r.server.fileOf(r.user, misskey.DriveFileID(id)); !ok {
			return noSuchFile
		}
	}
	whole, _ := toObject(marshal(p))
	for _, param := range slices.Concat(pageParams(false), pageLooks) {
		if raw, given := r.params[param.name]; given {
			whole[param.name] = raw
		}
	}
	if err := json.Unmarshal(marshal(whole), p); err != nil {
		return internalError(err.Error()) // blocks of a page that are none
	}
	return nil
}

func createPage(r *request) (any, *apiError) {
	p := misskey.Page{Font: misskey.PageFontSansSerif}
	if refused := r.fillPage(&p, errNoSuchFileOfPage); refused != nil {
		return nil, refused
	}
	own, refused := r.server.addPage(r.user, p, nil)
	if refused != nil {
		return nil, refused
	}
	return r.server.packPage(own, r.user), nil
}

func (r *request) page() (*ownPage, bool) {
	return r.server.pages.get(misskey.PageID(r.text("pageId")))
}

func updatePage(r *request) (any, *apiError) {
	own, ok := r.page()
	switch {
	case !ok:
		return nil, errNoSuchPageUpdate
	case own.owner != r.user:
		return nil, errUpdatePageOfOthers
	}
	if name, given := r.params.text("name"); given {
		if other := r.server.pageNamed(r.user, name); other != nil && other != own {
			return nil, errPageNameExistsUpdate
		}
	}
	if refused := r.fillPage(&own.Page, errNoSuchFileOfPageUpdate); refused != nil {
		return nil, refused
	}
	own.UpdatedAt = r.server.now()
	return nil, nil
}

func deletePage(r *request) (any, *apiError) {
	own, ok := r.page()
	switch {
	case !ok:
		return nil, errNoSuchPageDelete
	case own.owner != r.user:
		return nil, errDeletePageOfOthers
	}
	r.server.pages.remove(own.ID)
	return nil, nil
}

// showPage finds a page by id, or by its name and its owner's.
func showPage(r *request) (any, *apiError) {
	if id, byID := r.params.text("pageId"); byID {
		own, ok := r.server.pages.get(misskey.PageID(id))
		if !ok {
			return nil, errNoSuchPageShow
		}
		return r.server.packPage(own, r.user), nil
	}
	if r.params["name"] == nil || r.params["username"] == nil {
		return nil, invalidParam("#/anyOf/0/required", "must have required property 'pageId'")
	}
	own := r.server.pageNamed(r.server.usernames[r.text("username")], r.text("name"))
	if own == nil {
		return nil, errNoSuchPageShow
	}
	return r.server.packPage(own, r.user), nil
}

func listOwnPages(r *request) (any, *apiError) {
	all := []misskey.Page{}
	for _, p := range page(r, sortedByID(r.server.pages.all, (*ownPage).key), (*ownPage).key, func(p *ownPage) bool {
		return p.owner == r.user
	}) {
		all = append(all, r.server.packPage(p, r.user))
	}
	return all, nil
}

func pushPage(r *request) (any, *apiError) {
	value := r.params["var"]
	if value == nil {
		value = json.RawMessage("null")
	}
	return nil, r.server.pushToPage(r.user, misskey.PageID(r.text("pageId")), r.text("event"), value)
}
