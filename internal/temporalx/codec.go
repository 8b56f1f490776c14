package temporalx

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

const (
	// compressFrom is the size in bytes of a payload from which on it is compressed. Below it payloads stay as they are, so
	// that summaries and most commands can be read in Temporal's own pages.
	compressFrom = 4 << 10

	// mostDecoded bounds what a payload may unpack to: far above any state (1 MB), far below what would hurt a worker.
	mostDecoded = 32 << 20

	encodingKey  = "encoding"
	encodingZstd = "binary/zstd" // in histories for ever: its payloads are whole payloads, packed
)

// codec packs large payloads. It stays readable for ever what it once wrote; histories are kept for twelve years.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("zstd encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostDecoded))
	if err != nil {
		return nil, fmt.Errorf("zstd decoder: %w", err)
	}
	return &codec{enc, dec}, nil
}

// Encode packs each payload that is large and gets smaller by it.
func (c *codec) Encode(in []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		out[i] = p
		if proto.Size(p) < compressFrom {
			continue
		}
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("pack a payload: %w", err)
		}
		packed := c.enc.EncodeAll(raw, nil)
		if len(packed) < len(raw) {
			out[i] = &commonpb.Payload{Metadata: map[string][]byte{encodingKey: []byte(encodingZstd)}, Data: packed}
		}
	}
	return out, nil
}

// Decode unpacks what Encode packed and leaves every other payload alone.
func (c *codec) Decode(in []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		out[i] = p
		if string(p.GetMetadata()[encodingKey]) != encodingZstd {
			continue
		}
		raw, err := c.dec.DecodeAll(p.GetData(), nil)
		if err != nil {
			return nil, fmt.Errorf("unpack a payload of %d bytes: %w", len(p.GetData()), err)
		}
		out[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(raw, out[i]); err != nil {
			return nil, fmt.Errorf("unpack a payload of %d bytes: %w", len(p.GetData()), err)
		}
	}
	return out, nil
}

// DataConverter is what every client, worker and replayer of this program reads and writes payloads with.
func DataConverter() (converter.DataConverter, error) {
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c), nil
}
