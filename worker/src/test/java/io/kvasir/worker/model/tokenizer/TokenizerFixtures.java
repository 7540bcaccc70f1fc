package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.TinyModel;
import java.nio.file.Path;

/** Tokenizers of tiny models. */
final class TokenizerFixtures {

  private TokenizerFixtures() {}

  static Tokenizer sentencePiece(Path folder) {
    return read(TinyModel.llama(1).vocabulary(400).write(folder));
  }

  static Tokenizer byteLevel(Path folder) {
    return read(TinyModel.llama(1).byteLevel().vocabulary(400).write(folder));
  }

  static Tokenizer read(Path file) {
    try (ModelFile model = ModelFile.open(file)) {
      return model.tokenizer();
    }
  }
}
