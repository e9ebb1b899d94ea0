package ogc

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"

	"wuku/space"
)

const tileKind = "application/vnd.mapbox-vector-tile"

// maxZoom is the deepest level that is offered; maps overzoom beyond it.
const maxZoom = 16

// tileCache keeps tiles of one version of the tables.
type tileCache struct {
	mu      sync.Mutex
	version uint64
	tiles   map[string][]byte
	bytes   int
}

// maxTiles bounds the cache in bytes; a full cache starts anew.
const maxTiles = 64 << 20

func (c *tileCache) get(version uint64, name string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version {
		return nil, false
	}
	b, ok := c.tiles[name]
	return b, ok
}

func (c *tileCache) put(version uint64, name string, tile []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version || c.bytes > maxTiles || c.tiles == nil {
		c.version, c.bytes, c.tiles = version, 0, map[string][]byte{}
	}
	c.tiles[name] = tile
	c.bytes += len(tile) + len(name)
}

func (h *Handler) tile(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	var at [3]uint32
	for i, name := range []string{"z", "x", "y"} {
		n, err := strconv.ParseUint(r.PathValue(name), 10, 32)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "a tile is named by whole numbers: tileMatrix/tileRow/tileCol")
		}
		at[i] = uint32(n)
	}
	if at[0] > 24 {
		return nil, refuse(http.StatusBadRequest, "the tile matrices are 0 to 24")
	}
	if at[1] >= 1<<at[0] || at[2] >= 1<<at[0] {
		return nil, refuse(http.StatusNotFound, "there is no such tile")
	}
	v, err := h.source.Current()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s/%d/%d/%d", c.ID, at[0], at[1], at[2])
	tile, ok := h.tiles.get(v.ID, name)
	if !ok {
		if tile, err = h.source.Tile(ctx, c, at[0], at[1], at[2]); err != nil {
			return nil, err
		}
		h.tiles.put(v.ID, name, tile)
	}
	return &answer{raw: tile, kind: tileKind, headers: map[string]string{"ETag": fmt.Sprintf(`"%d-%s"`, v.ID, name), "Cache-Control": "public, max-age=300"}}, nil
}

// tilesetLinks point from a tile set to its tiles.
func tilesetLinks(r *request, c *space.Collection) []link {
	at := r.base + "/collections/" + c.ID + "/tiles/WebMercatorQuad"
	return []link{{at, "self", "application/json", c.ZH, false},
		{at + "/{tileMatrix}/{tileRow}/{tileCol}", "item", tileKind, c.ZH, true},
		{at + "/tilejson", "describedby", "application/json", "TileJSON", false},
		{r.base + "/tileMatrixSets/WebMercatorQuad", "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json", "WebMercatorQuad", false}}
}

func tilesetOf(r *request, c *space.Collection) map[string]any {
	return map[string]any{"title": c.ZH + " " + c.EN, "dataType": "vector", "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
		"tileMatrixSetURI": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", "links": tilesetLinks(r, c)}
}

func (h *Handler) tilesets(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	return &answer{title: "Tiles of " + c.EN, body: map[string]any{"links": r.selves("/collections/"+c.ID+"/tiles", c.ZH, "application/json"), "tilesets": []any{tilesetOf(r, c)}}}, nil
}

func (h *Handler) tileset(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	set := tilesetOf(r, c)
	set["boundingBox"] = map[string]any{"lowerLeft": c.Extent.Min, "upperRight": c.Extent.Max, "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
	set["layers"] = []any{map[string]any{"id": c.ID, "dataType": "vector", "geometryDimension": map[bool]int{false: 0, true: 2}[c.Polygons]}}
	return &answer{title: "Tiles of " + c.EN, body: set}, nil
}

func (h *Handler) tileJSON(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := h.source.Current()
	if err != nil {
		return nil, err
	}
	fields := map[string]string{"count": "How many places the point stands for", "id": "Id of the feature", "name": "名称"}
	if c.Polygons {
		fields = map[string]string{"id": "Id of the feature", "name": "名称", "value": "Figure of the cell"}
	}
	return &answer{body: map[string]any{"tilejson": "3.0.0", "name": c.ZH + " " + c.EN, "version": fmt.Sprintf("1.0.%d", v.ID), "scheme": "xyz", "attribution": "wuku 五库",
		"tiles":         []string{r.base + "/collections/" + c.ID + "/tiles/WebMercatorQuad/{z}/{y}/{x}"},
		"vector_layers": []any{map[string]any{"id": c.ID, "description": c.EN, "fields": fields}},
		"minzoom":       0, "maxzoom": maxZoom, "bounds": []float64{c.Extent.Min[0], c.Extent.Min[1], c.Extent.Max[0], c.Extent.Max[1]}}}, nil
}

func (h *Handler) matrixSets(_ context.Context, r *request) (*answer, error) {
	return &answer{title: "Tiling schemes", body: map[string]any{"tileMatrixSets": []any{map[string]any{"id": "WebMercatorQuad", "title": "Google Maps Compatible for the World",
		"uri": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", "links": []link{{r.base + "/tileMatrixSets/WebMercatorQuad", "self", "application/json", "WebMercatorQuad", false}}}}}}, nil
}

func (h *Handler) matrixSet(_ context.Context, _ *request) (*answer, error) {
	const half = 20037508.342789244
	matrices := []any{}
	for z := range 25 {
		n := math.Pow(2, float64(z))
		cell := 2 * half / 256 / n
		matrices = append(matrices, map[string]any{"id": strconv.Itoa(z), "scaleDenominator": cell / 0.00028, "cellSize": cell, "pointOfOrigin": []float64{-half, half},
			"cornerOfOrigin": "topLeft", "tileWidth": 256, "tileHeight": 256, "matrixWidth": int64(n), "matrixHeight": int64(n)})
	}
	return &answer{title: "WebMercatorQuad", body: map[string]any{"id": "WebMercatorQuad", "title": "Google Maps Compatible for the World", "uri": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
		"crs": "http://www.opengis.net/def/crs/EPSG/0/3857", "orderedAxes": []string{"E", "N"}, "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible", "tileMatrices": matrices}}, nil
}

// style is a MapLibre style over all collections. Labels are left to the viewer: they need fonts of its own.
func (h *Handler) style(ctx context.Context, r *request) (*answer, error) {
	if err := r.known(); err != nil {
		return nil, err
	}
	all, err := h.source.Collections(ctx)
	if err != nil {
		return nil, err
	}
	colours := map[string]string{"boundaries": "#6b7280", "parcels": "#b45309", "landuse": "#65a30d", "redlines": "#dc2626", "farmland": "#ca8a04", "population": "#2563eb"}
	sources, layers := map[string]any{}, []any{map[string]any{"id": "background", "type": "background", "paint": map[string]any{"background-color": "#f8fafc"}}}
	for _, c := range all {
		sources[c.ID] = map[string]any{"type": "vector", "tiles": []string{r.base + "/collections/" + c.ID + "/tiles/WebMercatorQuad/{z}/{y}/{x}"}, "minzoom": 0, "maxzoom": maxZoom}
		colour := colours[c.ID]
		if colour == "" {
			colour = "#0f766e"
		}
		part := func(suffix, kind string, paint map[string]any) {
			layers = append(layers, map[string]any{"id": c.ID + suffix, "type": kind, "source": c.ID, "source-layer": c.ID, "paint": paint})
		}
		switch {
		case c.ID == "boundaries":
			part("", "line", map[string]any{"line-color": colour, "line-width": 1})
		case c.Polygons:
			part("", "fill", map[string]any{"fill-color": colour, "fill-opacity": 0.35})
		default:
			part("", "circle", map[string]any{"circle-color": colour, "circle-opacity": 0.7,
				"circle-radius": []any{"interpolate", []any{"linear"}, []any{"get", "count"}, 1, 3, 100, 8, 10000, 16}})
		}
	}
	return &answer{kind: "application/vnd.mapbox.style+json", body: map[string]any{"version": 8, "name": "wuku 五库", "center": []float64{119.1, 32.9}, "zoom": 6, "sources": sources, "layers": layers}}, nil
}
