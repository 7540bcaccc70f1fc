package io.kvasir.worker.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every element type against values from an independent implementation. */
final class DequantizerTest {

  @Test
  void everySupportedTypeHasTheReferenceValues() throws IOException {
    JsonNode golden;
    try (InputStream json = DequantizerTest.class.getResourceAsStream("/golden/dequantized.json")) {
      golden = new ObjectMapper().readTree(Objects.requireNonNull(json));
    }
    Set<GgmlType> seen = EnumSet.of(GgmlType.F32);
    for (JsonNode example : golden.get("types")) {
      GgmlType type = GgmlType.valueOf(example.get("type").asText());
      seen.add(type);
      int elements = example.get("elements").asInt();
      MemorySegment data = MemorySegment.ofArray(example.get("data").binaryValue());
      Tensor tensor = new Tensor("t", type, new long[] {elements / 2, 2}, data);
      float[] found = Dequantizer.all(tensor);
      ByteBuffer expected =
          ByteBuffer.wrap(example.get("values").binaryValue()).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(found).hasSize(elements);
      for (int i = 0; i < elements; i++) {
        float value = expected.getFloat();
        assertThat(found[i]).as("%s %d", type, i).isCloseTo(value, within(Math.abs(value) * 1e-6f));
      }
    }
    assertThat(seen).containsExactlyElementsOf(EnumSet.copyOf(GgmlType.allSupported()));
  }

  @Test
  void rowsAreReadWhereTheyAre() {
    byte[] bytes = new byte[24];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      buffer.putFloat(i);
    }
    Tensor tensor = new Tensor("t", GgmlType.F32, new long[] {3, 2}, MemorySegment.ofArray(bytes));
    float[] out = new float[5];
    Dequantizer.row(tensor, 1, out, 1);
    assertThat(out).containsExactly(0, 3, 4, 5, 0);
    assertThat(tensor.rows()).isEqualTo(2);
    assertThat(tensor.rowBytes()).isEqualTo(12);
  }

  @Test
  void numbersOfTypesAreThoseOfTheFormat() {
    List<Integer> ids = new ArrayList<>();
    for (GgmlType type : GgmlType.values()) {
      ids.add(type.id());
      assertThat(GgmlType.byId(type.id())).contains(type);
    }
    assertThat(ids).doesNotHaveDuplicates().isSorted();
    assertThat(GgmlType.byId(-1)).isEmpty();
    assertThat(GgmlType.byId(4)).isEmpty();
    assertThat(GgmlType.byId(1L << 40)).isEmpty();
  }
}
