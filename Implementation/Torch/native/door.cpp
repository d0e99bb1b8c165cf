// The one door between C# and libtorch: find an operator, call it with a boxed stack, and the few things that the
// dispatcher does not offer. No exception crosses: a call that fails returns a sentinel, door_error() says why.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <string>
#include <vector>

// Products keep all bits of float32 on a GPU, convolutions as well.
static const bool full_precision = [] {
    at::globalContext().setAllowTF32CuBLAS(false);
    at::globalContext().setAllowTF32CuDNN(false);
    return true;
}();

#define DOOR extern "C" __attribute__((visibility("default")))

namespace {

// Keep in step with Door.cs.
enum Kind : int32_t { kNone, kTensor, kInteger, kReal, kBoolean, kText, kDevice, kIntegers, kTensors };

struct Value {
  int32_t kind;
  int32_t count;  // of a list; the index of a device
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

struct Description {
  int64_t dimensions, elements, element_size;
  const int64_t* sizes;
  const int64_t* strides;
  int32_t scalar_type, device_type, device_index, requires_grad, is_leaf, is_contiguous;
};

thread_local std::string last_error;
thread_local std::vector<Value> last_results;
thread_local torch::jit::Stack stack;

template <class Result, class Body>
Result guarded(Result failed, Body body) {
  try {
    return body();
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "an exception that is not a std::exception";
  }
  stack.clear();
  return failed;
}

// A handle is a TensorImpl with one reference held by C#.
at::Tensor borrow(void* handle) {
  if (!handle) return {};
  auto impl = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(static_cast<at::TensorImpl*>(handle));
  return at::Tensor(std::move(impl));
}

void* lend(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

std::vector<at::Tensor> borrow_all(void* const* handles, int count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

c10::IValue unpack(const Value& value) {
  switch (value.kind) {
    case kNone: return {};
    case kTensor: return borrow(value.pointer);
    case kInteger: return value.integer;
    case kReal: return value.real;
    case kBoolean: return value.integer != 0;
    case kText: return std::string(static_cast<const char*>(value.pointer));
    case kDevice: return c10::Device(static_cast<c10::DeviceType>(value.integer), static_cast<c10::DeviceIndex>(value.count));
    case kIntegers: {
      auto first = static_cast<const int64_t*>(value.pointer);
      return std::vector<int64_t>(first, first + value.count);
    }
    case kTensors: return borrow_all(static_cast<void* const*>(value.pointer), value.count);
  }
  TORCH_CHECK(false, "argument of unknown kind ", value.kind);
}

void pack(at::Tensor tensor) {
  Value value{kTensor, 0, {0}};
  value.pointer = lend(std::move(tensor));
  if (!value.pointer) value.kind = kNone;
  last_results.push_back(value);
}

void pack(const c10::IValue& result) {
  Value value{kNone, 0, {0}};
  if (result.isTensor()) return pack(result.toTensor());
  if (result.isTensorList()) {
    for (auto& tensor : result.toTensorVector()) pack(tensor);
    return;
  }
  if (result.isBool()) value.kind = kBoolean, value.integer = result.toBool();
  else if (result.isInt()) value.kind = kInteger, value.integer = result.toInt();
  else if (result.isDouble()) value.kind = kReal, value.real = result.toDouble();
  else TORCH_CHECK(result.isNone(), "result of a kind that the binding does not carry: ", result.tagKind());
  last_results.push_back(value);
}

}  // namespace

DOOR const char* door_error() { return last_error.c_str(); }

DOOR const char* door_version() { return TORCH_VERSION; }

DOOR void* door_find(const char* name, const char* overload) {
  return guarded<void*>(nullptr, [&] {
    return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
  });
}

// Arguments that are left out take the defaults of the operator's schema. Returns the number of results, -1 on failure.
DOOR int32_t door_call(void* op, const Value* arguments, int32_t count, const Value** results) {
  return guarded<int32_t>(-1, [&] {
    auto& handle = *static_cast<c10::OperatorHandle*>(op);
    auto& formal = handle.schema().arguments();
    TORCH_CHECK(count <= static_cast<int32_t>(formal.size()), "takes ", formal.size(), " arguments, not ", count);
    stack.clear();
    for (int32_t i = 0; i < count; i++) stack.push_back(unpack(arguments[i]));
    for (size_t i = count; i < formal.size(); i++) {
      TORCH_CHECK(formal[i].default_value().has_value(), "argument '", formal[i].name(), "' is missing");
      stack.push_back(*formal[i].default_value());
    }
    handle.callBoxed(&stack);
    last_results.clear();
    for (auto& result : stack) pack(result);
    stack.clear();
    *results = last_results.data();
    return static_cast<int32_t>(last_results.size());
  });
}

DOOR void door_release(void* handle) {
  c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(static_cast<at::TensorImpl*>(handle));
}

DOOR int32_t door_describe(void* handle, Description* out) {
  return guarded<int32_t>(-1, [&] {
    auto tensor = borrow(handle);
    *out = {tensor.dim(), tensor.numel(), static_cast<int64_t>(tensor.element_size()), tensor.sizes().data(), tensor.strides().data(),
            static_cast<int32_t>(tensor.scalar_type()), static_cast<int32_t>(tensor.device().type()), tensor.device().index(),
            tensor.requires_grad(), tensor.is_leaf(), tensor.is_contiguous()};
    return 0;
  });
}

DOOR void* door_data(void* handle) {
  return guarded<void*>(nullptr, [&] { return borrow(handle).data_ptr(); });
}

DOOR int32_t door_set_requires_grad(void* handle, int32_t on) {
  return guarded<int32_t>(-1, [&] { borrow(handle).set_requires_grad(on != 0); return 0; });
}

DOOR void* door_gradient(void* handle) {
  return guarded<void*>(nullptr, [&] { return lend(borrow(handle).grad()); });
}

DOOR int32_t door_set_gradient(void* handle, void* gradient) {
  return guarded<int32_t>(-1, [&] { borrow(handle).mutable_grad() = borrow(gradient); return 0; });
}

DOOR int32_t door_backward(void* const* outputs, int32_t count, void* const* seeds, int32_t seed_count, int32_t retain, int32_t create) {
  return guarded<int32_t>(-1, [&] {
    torch::autograd::backward(borrow_all(outputs, count), borrow_all(seeds, seed_count), retain != 0, create != 0);
    return 0;
  });
}

// The gradients come as door_call's results do; one that is unused is kNone.
DOOR int32_t door_grad(void* const* outputs, int32_t count, void* const* inputs, int32_t input_count, void* const* seeds, int32_t seed_count,
                       int32_t retain, int32_t create, int32_t allow_unused, const Value** results) {
  return guarded<int32_t>(-1, [&] {
    auto gradients = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(seeds, seed_count),
                                           retain != 0, create != 0, allow_unused != 0);
    last_results.clear();
    for (auto& gradient : gradients) pack(gradient);
    *results = last_results.data();
    return static_cast<int32_t>(last_results.size());
  });
}

DOOR int32_t door_grad_enabled() { return c10::GradMode::is_enabled(); }

DOOR void door_set_grad_enabled(int32_t on) { c10::GradMode::set_enabled(on != 0); }

// libtorch's threads are per calling thread (OpenMP); OpenBLAS keeps its own count, for the whole process.
DOOR int32_t door_set_threads(int32_t count) {
  return guarded<int32_t>(-1, [&] {
    at::set_num_threads(count);
    if (auto symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(symbol)(count);
    return 0;
  });
}

DOOR int32_t door_threads() { return at::get_num_threads(); }

DOOR int32_t door_cuda_devices() {
  return guarded<int32_t>(-1, [] { return static_cast<int32_t>(torch::cuda::device_count()); });
}

DOOR int32_t door_cuda_synchronize(int32_t device) {
  return guarded<int32_t>(-1, [&] { torch::cuda::synchronize(device); return 0; });
}
