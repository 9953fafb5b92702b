module @easel {
  func.func @main(%arg0: tensor<f32>, %arg1: tensor<f32>, %arg2: tensor<2x3xf32>, %arg3: tensor<2x3xf32> { tf.aliasing_output = 1 : i32 }, %arg4: tensor<2x3xf32> { tf.aliasing_output = 2 : i32 }, %arg5: tensor<2x3xf32> { tf.aliasing_output = 3 : i32 }) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
    %0 = "stablehlo.convert"(%arg0) : (tensor<f32>) -> tensor<f64>
    %1 = "stablehlo.convert"(%arg1) : (tensor<f32>) -> tensor<f64>
    %2 = "stablehlo.constant"() { value = dense<1.0> : tensor<f64> } : () -> tensor<f64>
    %3 = "stablehlo.constant"() { value = dense<0.5> : tensor<f64> } : () -> tensor<f64>
    %4 = "stablehlo.power"(%3, %1) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %5 = "stablehlo.subtract"(%2, %4) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %6 = "stablehlo.constant"() { value = dense<0.999> : tensor<f64> } : () -> tensor<f64>
    %7 = "stablehlo.power"(%6, %1) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %8 = "stablehlo.subtract"(%2, %7) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %9 = "stablehlo.sqrt"(%8) : (tensor<f64>) -> tensor<f64>
    %10 = "stablehlo.divide"(%0, %5) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %11 = "stablehlo.divide"(%2, %9) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %12 = "stablehlo.constant"() { value = dense<0.5> : tensor<f32> } : () -> tensor<f32>
    %13 = "stablehlo.broadcast_in_dim"(%12) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %14 = "stablehlo.multiply"(%arg4, %13) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %15 = "stablehlo.broadcast_in_dim"(%12) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %16 = "stablehlo.multiply"(%arg2, %15) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %17 = "stablehlo.add"(%14, %16) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %18 = "stablehlo.constant"() { value = dense<0.9990000128746033> : tensor<f32> } : () -> tensor<f32>
    %19 = "stablehlo.broadcast_in_dim"(%18) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %20 = "stablehlo.multiply"(%arg5, %19) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %21 = "stablehlo.constant"() { value = dense<0.0010000000474974513> : tensor<f32> } : () -> tensor<f32>
    %22 = "stablehlo.broadcast_in_dim"(%21) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %23 = "stablehlo.multiply"(%arg2, %22) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %24 = "stablehlo.multiply"(%23, %arg2) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %25 = "stablehlo.add"(%20, %24) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %26 = "stablehlo.sqrt"(%25) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %27 = "stablehlo.convert"(%11) : (tensor<f64>) -> tensor<f32>
    %28 = "stablehlo.broadcast_in_dim"(%27) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %29 = "stablehlo.multiply"(%26, %28) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %30 = "stablehlo.constant"() { value = dense<9.99999993922529e-09> : tensor<f32> } : () -> tensor<f32>
    %31 = "stablehlo.broadcast_in_dim"(%30) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %32 = "stablehlo.add"(%29, %31) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %33 = "stablehlo.convert"(%10) : (tensor<f64>) -> tensor<f32>
    %34 = "stablehlo.broadcast_in_dim"(%33) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<2x3xf32>
    %35 = "stablehlo.multiply"(%34, %17) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %36 = "stablehlo.divide"(%35, %32) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %37 = "stablehlo.subtract"(%arg3, %36) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    "stablehlo.return"(%37, %37, %17, %25) : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> ()
  }
}

