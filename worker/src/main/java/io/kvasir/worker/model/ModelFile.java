package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import io.kvasir.worker.model.gguf.Tensor;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import io.kvasir.worker.model.tokenizer.TokenizerReader;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model read from one GGUF file: shape, weights, tokenizer and chat template. The weights stay
 * mapped, read-only, until {@link #close}; the file must not shrink before. Any thread.
 */
public final class ModelFile implements AutoCloseable {

  private final Arena arena;
  private final GgufFile gguf;
  private final ModelConfig config;
  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> chatTemplate;
  private final String fingerprint;

  private ModelFile(Arena arena, GgufFile gguf, ModelConfig config, Tokenizer tokenizer) {
    this.arena = arena;
    this.gguf = gguf;
    this.config = config;
    this.tokenizer = tokenizer;
    this.chatTemplate = ChatTemplate.read(gguf.metadata(), tokenizer);
    this.fingerprint = Fingerprint.of(gguf);
  }

  /**
   * Opens and checks a model file.
   *
   * @throws ModelFormatException if it cannot be read, is damaged, or holds a model that is not
   *     supported; the message is one line that names the file, what was found and what is expected
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed here on failure, else by close()
  public static ModelFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      GgufFile gguf = GgufFile.open(path, arena);
      Tokenizer tokenizer = TokenizerReader.read(gguf.metadata());
      ModelConfig config = LlamaConfigReader.read(gguf, tokenizer.vocabularySize());
      LlamaTensors.check(gguf, config);
      return new ModelFile(arena, gguf, config, tokenizer);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Name the file gives itself, or the file's name. */
  public String name() {
    return config.name();
  }

  /** Shape of the model. */
  public ModelConfig config() {
    return config;
  }

  /** The tokenizer the model was trained with. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How the model wants conversations written, if its file says. */
  public Optional<ChatTemplate> chatTemplate() {
    return chatTemplate;
  }

  /** SHA-256 of what identifies the weights, lower-case hex. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The file as such: metadata and all tensors. */
  public GgufFile gguf() {
    return gguf;
  }

  /**
   * A tensor of the model.
   *
   * @throws ModelFormatException if there is none of this name
   */
  public Tensor tensor(String name) {
    return find(name).orElseThrow(() -> gguf.metadata().refuse("tensor " + name + " is missing"));
  }

  /** A tensor of the file, if there is one of this name. */
  public Optional<Tensor> find(String name) {
    return gguf.find(name);
  }

  /** Unmaps the file; no tensor may be read afterwards. */
  @Override
  public void close() {
    arena.close();
  }
}
